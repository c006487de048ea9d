#include "projector/bulk/work_meter.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace ledger::bulk {

namespace {

// What is measured beside a fetch says little of what comes behind it.
constexpr double kWeightBeside = 0.1;

double seconds_of(clockid_t clock) {
  constexpr double kNanosecond = 1e-9;
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * kNanosecond;
}

}  // namespace

ShardWork WorkMeter::read() const {
  const std::lock_guard lock(mutex_);
  return work_;
}

void WorkMeter::stand_on(uint64_t layers) {
  const std::lock_guard lock(mutex_);
  work_.layers = layers;
}

void WorkMeter::expect(uint64_t events) {
  const std::lock_guard lock(mutex_);
  work_.events_left = events;
  work_.begun = false;
}

void WorkMeter::begin() {
  const std::lock_guard lock(mutex_);
  work_.begun = true;
  lap_at_ = now();
}

void WorkMeter::fetched_beside(bool beside) {
  const std::lock_guard lock(mutex_);
  if (beside == fetched_beside_) return;
  work_.fold_seconds += lap();
  fetched_beside_ = beside;
  if (beside) return;
  for (double* sum :
       {&work_.fold_units, &work_.fold_seconds, &work_.write_units, &work_.write_seconds}) {
    *sum *= kWeightBeside;
  }
}

void WorkMeter::begin_wait() {
  const std::lock_guard lock(mutex_);
  work_.fold_seconds += lap();
}

void WorkMeter::end_wait() {
  const std::lock_guard lock(mutex_);
  const double passed = work_.beside.passed;
  lap();
  work_.beside.waited += work_.beside.passed - passed;
}

void WorkMeter::folded(uint64_t events, double full, uint64_t fresh, const EntriesBelow& below) {
  const std::lock_guard lock(mutex_);
  work_.events += events;
  work_.fold_units += fold_units(events, below);
  work_.events_left -= std::min(work_.events_left, events);
  work_.full = full;
  work_.fresh = fresh;
  work_.below = below;
  work_.fold_seconds += lap();
}

void WorkMeter::begin_write(ShardWork::Writing what) {
  const std::lock_guard lock(mutex_);
  work_.writing = what;
  work_.written = 0;
  lap();
}

void WorkMeter::written(uint64_t entries) {
  const std::lock_guard lock(mutex_);
  work_.written = entries;
}

void WorkMeter::end_write() {
  const std::lock_guard lock(mutex_);
  if (work_.writing == ShardWork::Writing::kLayer) {
    work_.write_units += layer_units(work_.fresh, ++work_.layers);
    work_.below.layers += work_.fresh;
  } else {
    work_.write_units += shard_units(work_.fresh, work_.below);
    work_.below = {0, work_.below.base + work_.below.layers + work_.fresh};
    work_.layers = 0;
  }
  work_.write_seconds += lap();
  work_.writing = ShardWork::Writing::kNothing;
  if (work_.full >= 1) work_.round_events = work_.events;
  if (work_.events > 0) {
    work_.fresh_per_event = static_cast<double>(work_.fresh) / static_cast<double>(work_.events);
  }
  work_.events = 0;
  work_.fresh = 0;
  work_.full = 0;
}

WorkMeter::Lap WorkMeter::now() {
  return {Clock::now(), seconds_of(CLOCK_THREAD_CPUTIME_ID), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

double WorkMeter::lap() {
  const Lap last = std::exchange(lap_at_, now());
  const double passed = std::chrono::duration<double>(lap_at_.at - last.at).count();
  if (!fetched_beside_) return passed;
  const double worked = lap_at_.worked - last.worked;
  work_.beside.passed += passed;
  work_.beside.worked += worked;
  work_.beside.used += lap_at_.used - last.used;
  return worked;
}

}  // namespace ledger::bulk
