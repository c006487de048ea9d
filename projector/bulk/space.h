// How much disk a build takes, estimated before it begins; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ledger::bulk {

struct ShardEvents {
  uint64_t all = 0;     // that it will hold
  uint64_t folded = 0;  // of those by this build; the others come from its base
};

// As many bytes an event as a generation of the same ledger has, and once more for the layers of a
// shard whose events do not fit into a round: they lie beside the shard that they are merged into.
// `round_bytes`: memory of one thread.
uint64_t space_needed(const std::vector<ShardEvents>& shards, double bytes_per_event,
                      size_t round_bytes);

}  // namespace ledger::bulk
