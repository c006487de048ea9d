// Looks at the log beside the feeds, by a thread of its own: whoever reports or stops never waits
// for brokers.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "schemas/base/ids.h"

namespace ledger::run {

// Where the log ended when it was asked at `time_ms`.
struct LookAtEnds {
  double time_ms = 0;
  PositionVector ends;
};

class LogWatch {
 public:
  // What is asked, by the thread alone. Throw: consumer::NotReachable, the question is then asked
  // again later; Error, which ends it.
  struct Questions {
    std::function<PositionVector()> ends;
    std::function<std::string()> settings;  // why they are unreadable, or ""; may be null
  };
  struct Intervals {
    std::chrono::milliseconds ends = std::chrono::seconds(1);
    std::chrono::milliseconds settings = std::chrono::minutes(10);
  };

  // Throws: Error{kUnavailable} when there are no more threads.
  LogWatch(Questions questions, const Intervals& intervals);
  explicit LogWatch(Questions questions) : LogWatch(std::move(questions), Intervals()) {}
  // Waits for the question at hand.
  ~LogWatch() = default;
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  // The newest answer since the last call, nullopt while there is none. Never waits.
  std::optional<LookAtEnds> ends();
  std::optional<std::string> unreadable_settings();
  // Why the brokers did not answer the last time they were asked, "" when they did.
  std::string silence() const;
  // Throws: the Error that ended it.
  void check() const;

 private:
  using Clock = std::chrono::steady_clock;

  void work(const std::stop_token& stop);
  void ask_for_ends();
  void ask_for_settings();

  Questions questions_;
  Intervals intervals_;
  mutable std::mutex mutex_;
  std::optional<LookAtEnds> ends_;
  std::optional<std::string> unreadable_;
  std::string silence_;
  std::exception_ptr error_;
  std::jthread thread_;  // the last member: it uses all others
};

}  // namespace ledger::run
