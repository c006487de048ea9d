#include "projector/bulk/space.h"

namespace ledger::bulk {

namespace {
constexpr uint64_t kEventBytes = 200;  // an event in memory; measured
}

Space space_needed(const std::vector<ShardEvents>& shards, const EventBytes& bytes,
                   size_t round_bytes) {
  uint64_t written = 0;  // events
  uint64_t fetched = 0;
  for (const ShardEvents& events : shards) {
    written += events.all;
    if (events.folded * kEventBytes > round_bytes) written += events.folded;
    fetched += events.fetched;
  }
  return {static_cast<uint64_t>(bytes.views * static_cast<double>(written)),
          static_cast<uint64_t>(bytes.log * static_cast<double>(fetched))};
}

}  // namespace ledger::bulk
