// How long a build takes yet, from what its shards have done; pure. Most of it is not folding, and
// the end of it is the merge of all layers, so the events alone do not tell:
//
//   folding a round:    its events, dearer ones where there is something below to look into
//   writing a layer:    entries that the round brings, but those that its rows tell
//   joining layers:     the entries of so many of them (shard_stack.h)
//   writing the shard:  those of the last round, sorted; of layers, merged or made; of the base,
//                       copied
//
// Units: one is folding one event with nothing below.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ledger::bulk {

// Entries that a round stands on, those of layers with the ones that their rows tell.
struct EntriesBelow {
  uint64_t layers = 0;
  uint64_t base = 0;
};

// Seconds in which a shard's events were fetched beside it.
struct FetchedBeside {
  double passed = 0;
  double waited = 0;  // of those, for events
  double worked = 0;  // of those, its thread had a core
  double used = 0;    // of cores by the whole process meanwhile
};

// One shard, as of a moment.
struct ShardWork {
  bool begun = false;        // a thread is at it, or was
  uint64_t events_left = 0;  // to fold
  // Of the round at hand:
  uint64_t events = 0;  // folded
  double full = 0;      // share of its memory that is used; it is written at 1
  uint64_t fresh = 0;   // entries that it brings by now, also those that rows tell
  EntriesBelow below;
  enum class Writing : uint8_t { kNothing, kLayer, kShard } writing = Writing::kNothing;
  uint64_t written = 0;  // of fresh, or of fresh and below
  // Of all rounds:
  double fold_units = 0;
  double fold_seconds = 0;
  double fresh_per_event = 0;  // of the last round
  uint64_t round_events = 0;   // of the last round that was full; 0: none was yet
  uint64_t layers = 0;         // that lie there, and those that were joined
  double write_units = 0;      // of what is written whole
  double write_seconds = 0;
  FetchedBeside beside;  // the seconds above are of `worked` then
};

double fold_units(uint64_t events, const EntriesBelow& below);
// `number`: of layers that are written by then; with some of them others are joined.
double layer_units(uint64_t fresh, uint64_t number);
double shard_units(uint64_t fresh, const EntriesBelow& below);

// Until all shards are written, by so many threads; each takes the next shard when it is done with
// one. `fetch_left`: for how long events are fetched yet. In that time the threads work as much as
// they did so far, afterwards they have the cores that the fetch leaves to them.
// Returns: nullopt while there is nothing to tell it from.
std::optional<double> seconds_left(std::span<const ShardWork> shards, size_t threads,
                                   double fetch_left = 0);

}  // namespace ledger::bulk
