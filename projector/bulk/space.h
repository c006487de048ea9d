// How much disk a build takes, estimated before it begins; pure.
//
// The brokers tell how many events a log has, and not how many bytes: what an event takes is known
// from those that are here. Of a first build none are, so nothing is estimated before it begins;
// `run` says what the log will take once a part of it has come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ledger::bulk {

// Fewer events do not tell how many bytes one takes.
inline constexpr uint64_t kEventsToTell = 10'000;

struct ShardEvents {
  uint64_t all = 0;      // that it will hold
  uint64_t folded = 0;   // of those by this build; the others come from its base
  uint64_t fetched = 0;  // of those, that the kept log does not have yet
};

// Of one event, on average.
struct EventBytes {
  double views = 0;
  double log = 0;
};

struct Space {
  uint64_t views = 0;
  uint64_t log = 0;
};

// As many bytes an event as a generation of the same ledger has, and once more for the layers of a
// shard whose events do not fit into a round: they lie beside the shard that they are merged into.
// Of the log, what is fetched. `round_bytes`: memory of one thread.
Space space_needed(const std::vector<ShardEvents>& shards, const EventBytes& bytes,
                   size_t round_bytes);

}  // namespace ledger::bulk
