#include "projector/bulk/work_meter.h"

#include <algorithm>

namespace ledger::bulk {

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
  lap();
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

double WorkMeter::lap() {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - lap_at_).count();
  lap_at_ = now;
  return seconds;
}

}  // namespace ledger::bulk
