// One partition on its way from the log to its shard: fetch, compare with the log, keep, fold.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "projector/consumer/guards.h"
#include "projector/consumer/stream.h"
#include "projector/shard/shard.h"

namespace ledger::run {

// How often what is held is compared with the log while events come, and how old a comparison may
// be for more to be folded: beyond that a feed compares itself and waits.
struct CompareTimes {
  std::chrono::milliseconds interval{500};
  std::chrono::milliseconds within{1000};
};

enum class LogAnswer : uint8_t { kAgrees, kDiffers, kNone };

// Lifetime: shard and guards outlive the feed.
class Feed {
 public:
  using Clock = std::chrono::steady_clock;

  // `keep_to`: the kept log alone is written, up to there or a batch further, for a bulk build to
  // fold; nullopt: the shard is folded, without end.
  // `agreed_at`: when what the shard holds, or a part of it, last agreed with the log; without it
  // the feed compares before it folds or keeps.
  Feed(std::optional<Offset> keep_to, shard::Shard& shard, consumer::Guards& guards,
       const log::Connection& connection, const consumer::BatchLimits& limits,
       size_t queue_bytes_max, Clock::time_point agreed_at = {}, const CompareTimes& times = {});

  // By one thread at a time. Folds what is kept already, a while at a time; then what comes within
  // `wait`; while the brokers do not answer a due
  // comparison it waits for them. Returns: whether events came.
  // Throws: Error on what waiting does not mend. Everything before it is kept; a batch that waits
  // for more, also of another feed of the thread, is folded by the next start.
  // Precondition: not whole().
  bool step(std::chrono::milliseconds wait, const std::stop_token& stop);
  // Commits what waits for more. The last call, by the thread that stepped.
  void finish();

  // By any thread.
  Partition partition() const { return partition_; }
  Offset position() const { return Offset{position_.load()}; }  // folded and committed
  Offset done() const { return Offset{done_.load()}; }          // folded, or kept
  bool keeps_only() const { return keep_to_.has_value(); }
  // All is kept that was to be, and agreed with the log after that.
  bool whole() const { return keep_to_ && done() >= *keep_to_; }
  std::optional<Offset> end() const;  // of the log, as last seen; nullopt: not seen
  void see_end(Offset end);           // seen by another; ends never go back
  std::string waiting() const;        // why the brokers are waited for, "" when they are not
  // How far the broker's clock was seen behind ours: an event came with a log time before
  // `caught_up_ms()`.
  double clock_behind_ms() const { return clock_behind_ms_.load(); }
  void set_caught_up(double time_ms) { caught_up_ms_ = time_ms; }
  // What the shard holds, to be compared with the log beside it; nullopt: nothing new is asked.
  // Then the answer to that.
  std::optional<consumer::Held> question();
  void answer(LogAnswer answer);

 private:
  void catch_up(const std::stop_token& stop);
  void note(const consumer::Arrived& arrived);
  void take(const consumer::Arrived& arrived);
  bool note_kept(const std::stop_token& stop);
  void ask_beside();
  bool compare(const std::stop_token& stop);
  bool ask(const std::function<void()>& question, const std::stop_token& stop);
  void set_waiting(const std::string& why);

  const std::optional<Offset> keep_to_;
  shard::Shard& shard_;
  consumer::Guards& guards_;
  consumer::BatchLimits limits_;
  CompareTimes times_;
  consumer::Stream stream_;
  bool doubtful_ = false;  // compare before anything is folded
  Clock::time_point ask_at_;

  Partition partition_;
  std::atomic<int64_t> position_;
  std::atomic<int64_t> done_;
  std::atomic<int64_t> end_{-1};
  std::atomic<double> caught_up_ms_{0};
  std::atomic<double> clock_behind_ms_{0};
  std::atomic<bool> differs_{false};
  mutable std::mutex mutex_;  // of what follows
  std::string waiting_;
  std::optional<consumer::Held> question_;
  bool answering_ = false;
  Clock::time_point asked_at_;
  Clock::time_point agreed_at_;  // when that was held which last agreed with the log
};

}  // namespace ledger::run
