// How fast a step goes and when it will be done; pure: it is told the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ledger::report {

struct Progress {
  uint64_t done = 0;   // events
  uint64_t total = 0;  // events, as far as known
  // Until the end, by who knows more than the events tell; nullopt: at the rate so far.
  std::optional<double> seconds_left = std::nullopt;
};

// What is shown of it.
struct Reading {
  double share = 0;              // 0 to 1; of the time where seconds_left was given, else of events
  double events_per_second = 0;  // since the step began
  std::optional<double> seconds_left = std::nullopt;  // nullopt: cannot be said yet
};

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // A step begins at the first call, at the first one after end(), and where `done` falls: the next
  // step counts from 0 again.
  Reading at(Clock::time_point now, const Progress& progress);
  Clock::time_point began_at() const { return began_at_; }
  void end() { counting_ = false; }

 private:
  bool counting_ = false;
  Clock::time_point began_at_;
  uint64_t began_done_ = 0;
  uint64_t last_done_ = 0;
};

}  // namespace ledger::report
