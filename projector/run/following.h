// The main thread while the feeds run: reports each second, says what is waited for, knows when it
// is done. It never waits for brokers itself.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "events/log/patience.h"
#include "projector/report/run_report.h"
#include "projector/run/caught_up.h"
#include "projector/run/feed_threads.h"
#include "projector/run/log_watch.h"

namespace ledger::run {

// What an operator reads when the settings cannot be checked.
std::string settings_warning(const std::string& unreadable);

// Lifetime: everything given outlives it.
class Following {
 public:
  struct Parts {
    std::vector<std::unique_ptr<Feed>>& feeds;
    LogWatch& watch;
    report::RunReport& report;
    report::Messages& messages;
    log::Patience& patience;
    const options::Interrupt& interrupt;
    bool brokers_clock = true;  // the log's time is theirs, not the producers'
    std::function<bool()> leave = [] { return false; };  // asked at each turn
  };
  // The log ended at `ends` when they were asked for at `asked_ms`. `what` leads the progress; ""
  // when another tells it.
  Following(const Parts& parts, std::string what, double asked_ms, const PositionVector& ends);

  // Until a signal comes, it shall leave, a feed fails or, where `until` is given, all feeds have
  // kept (and by their mode folded) up to there. Returns: whether that was reached. Throws:
  // Error{kUnavailable} when patience is over; kIncompatible when the topic's settings turned
  // wrong.
  bool follow(const FeedThreads& threads, const std::optional<PositionVector>& until);
  // One turn of that, for who waits for something else too. Throws: likewise.
  void tick(const std::optional<PositionVector>& until);
  void finish();  // the last report, once the feeds stand still

  PositionVector positions() const;  // folded
  uint64_t done() const;             // events kept, and by the feeds' mode folded, since the start
  uint64_t behind(const std::optional<PositionVector>& until) const;  // that are to be

 private:
  using Clock = std::chrono::steady_clock;

  void show_progress(uint64_t behind);
  void look();
  std::string waiting();
  void report(uint64_t behind, const std::string& why);

  Parts parts_;
  PositionVector stand() const;  // kept, and by the feeds' mode folded

  std::string what_;
  uint64_t done_ = 0;  // as last seen, and when it grew
  Clock::time_point grew_at_;
  PositionVector started_at_;
  CaughtUp caught_up_;
  Clock::time_point report_at_;
  bool skew_told_ = false;
};

}  // namespace ledger::run
