// One run, whose steps are in run.cc (in which order), run_start.cc, run_fill.cc and run_follow.cc.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/log/patience.h"
#include "projector/bulk/generation_build.h"
#include "projector/report/run_report.h"
#include "projector/run/beside.h"
#include "projector/run/feed.h"
#include "projector/run/live_lock.h"
#include "projector/run/run.h"
#include "projector/shard/shard.h"

namespace ledger::run {

// Events from `start` to `end`; a partition that `start` leaves out counts from 0.
uint64_t distance(const PositionVector& start, const PositionVector& end);

class Run {
 public:
  Run(const RunOptions& options, const options::Interrupt& interrupt,
      const store::ViewDirectory& directory, LiveLock& lock, report::Messages& messages,
      report::RunReport& report);
  Fault run();

 private:
  struct Asked {};  // thrown between two steps: a rebuild asks for writer.lock
  class Feeding;
  class Fill;

  // Returns: whether the end was reached.
  bool go_on();
  bool asked();

  // Lets a rebuild publish, and follows it.
  void hand_over();
  void hand_over_unopened();
  void say_that_it_goes_on();

  // What builds that died left; while one lives, the newest generation is its own.
  void remove_leftovers(bulk::Keep keep);

  // Asks until the brokers answer.
  template <typename Ask>
  auto patiently(Ask ask) {
    while (true) {
      try {
        auto answer = ask();
        patience_.progressed();
        report_.waits_no_more();
        return answer;
      } catch (const consumer::NotReachable& trouble) {
        wait_for_brokers(trouble.reason);
      }
    }
  }

  void wait_for_brokers(const std::string& why);
  void open();
  void open_shards();
  PositionVector position() const;
  PositionVector kept_ends() const;
  void accept(const consumer::AcceptedGap& gap);

  // Does a new generation, in which everything is written once more, cost less than the events one
  // by one?
  bool bulk_pays(uint64_t backlog) const;

  // A new generation at `ends`, in place of the live one, which is a part of it. What a build left
  // goes, unless it is of the same base: that is gone on with. Changes nothing of the views when
  // the disk has no room for two, or a rebuild is at work.
  void fill(const PositionVector& ends);

  // Keeps the log up to `ends`, for a fill to fold.
  void fetch(const PositionVector& ends);
  bool agrees();

  // Returns: where the log ends.
  PositionVector compare();
  void warn_of_start(const shard::Shard& shard, Offset low);
  size_t fetch_ahead_bytes(bool keep) const;  // over all partitions
  // `keep_to`: of Feed, for each; null: they fold.
  std::vector<std::unique_ptr<Feed>> make_feeds(const PositionVector* keep_to);
  size_t feed_threads(bool keep) const;
  // Returns: whether the end was reached. Throws: Asked.
  bool follow(const PositionVector& ends);

  const RunOptions& options_;
  const options::Interrupt& interrupt_;
  const store::ViewDirectory& directory_;
  LiveLock& lock_;
  report::Messages& messages_;
  report::RunReport& report_;
  log::Patience patience_;
  std::atomic<bool> hurry_{false};  // the feeds shall stop: nobody waits for brokers any more
  const std::function<bool()> stopping_ = [this] { return hurry_ || interrupt_.requested(); };
  consumer::LogProbe probe_;
  Beside beside_;
  consumer::Guards guards_;
  store::LogIdentity identity_;
  std::vector<std::unique_ptr<shard::Shard>> shards_;
  double asked_ms_ = 0;                  // when the ends were asked for
  Feed::Clock::time_point compared_at_;  // by compare(), which agreed
  size_t gaps_accepted_ = 0;
  bool no_room_ = false;                                           // for a second generation
  std::optional<std::chrono::steady_clock::time_point> asked_at_;  // for the lock, not yet back
  std::optional<PositionVector> until_;  // the ends at the start, when that is where it stops
};

}  // namespace ledger::run
