// How long a build takes yet, from what its shards have done; pure. A round rewrites what came
// before it, so the events alone do not tell:
//
//   folding a round: its events, dearer ones where there is a base to look into
//   writing it:      entries that it brings, sorted, and entries of its base, copied: cheaper ones
//
// Units: one is folding one event without a base.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ledger::bulk {

// One shard, as of a moment.
struct ShardWork {
  bool begun = false;        // a thread is at it, or was
  uint64_t events_left = 0;  // to fold
  // Of the round at hand:
  uint64_t events = 0;  // folded
  double full = 0;      // share of its memory that is used; it is written at 1
  uint64_t fresh = 0;   // entries that it brings by now
  uint64_t base = 0;    // entries of its base
  bool writing = false;
  uint64_t written = 0;  // of base and fresh
  // Of all rounds:
  double fold_units = 0;
  double fold_seconds = 0;
  double fresh_per_event = 0;  // of the last round
  uint64_t round_events = 0;   // of the last round that was full; 0: none was yet
  double write_units = 0;      // of the rounds that are whole
  double write_seconds = 0;
};

double fold_units(uint64_t events, uint64_t base);
double write_units(uint64_t fresh, uint64_t base);

// Until all shards are written, by so many threads; each takes the next shard when it is done with
// one. Returns: nullopt while there is nothing to tell it from.
std::optional<double> seconds_left(std::span<const ShardWork> shards, size_t threads);

}  // namespace ledger::bulk
