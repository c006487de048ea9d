// Counts what one shard's build does: by the thread that builds, read by any.
#pragma once

#include <chrono>
#include <mutex>

#include "projector/bulk/work.h"

namespace ledger::bulk {

class WorkMeter {
 public:
  ShardWork read() const;

  void stand_on(uint64_t layers);  // that another build left
  void expect(uint64_t events);    // to fold yet; nobody is at it
  void begin();                    // folding; a thread is at it
  // Whether events are fetched beside it from now on; see FetchedBeside.
  void fetched_beside(bool beside);
  void begin_wait();  // for events
  void end_wait();
  // So many events more. `full`, `fresh`, `below`: of the round; see ShardWork.
  void folded(uint64_t events, double full, uint64_t fresh, const EntriesBelow& below);
  void begin_write(ShardWork::Writing what);
  void written(uint64_t entries);  // so far
  void end_write();

 private:
  using Clock = std::chrono::steady_clock;
  struct Lap {
    Clock::time_point at = Clock::now();
    double worked = 0;  // seconds of the thread
    double used = 0;    // of the process
  };
  static Lap now();
  double lap();  // seconds since the last call

  mutable std::mutex mutex_;
  ShardWork work_;
  bool fetched_beside_ = false;
  Lap lap_at_;
};

}  // namespace ledger::bulk
