#include "projector/bulk/space.h"

namespace ledger::bulk {

namespace {
constexpr uint64_t kEventBytes = 200;  // an event in memory; measured
}

uint64_t space_needed(const std::vector<ShardEvents>& shards, double bytes_per_event,
                      size_t round_bytes) {
  uint64_t written = 0;  // events
  for (const ShardEvents& events : shards) {
    written += events.all;
    if (events.folded * kEventBytes > round_bytes) written += events.folded;
  }
  return static_cast<uint64_t>(bytes_per_event * static_cast<double>(written));
}

}  // namespace ledger::bulk
