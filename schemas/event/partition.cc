#include "schemas/event/partition.h"

#include <cstdint>

#include "schemas/base/assert.h"
#include "schemas/event/murmur2.h"

namespace ledger::event {

// MurmurHash2 (Austin Appleby), 32 bits, with the seed of Kafka's Java client.
uint32_t murmur2(std::string_view key) {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  constexpr uint32_t kSeed = 0x9747b28c;
  const auto byte = [&](size_t at) { return uint32_t{static_cast<uint8_t>(key[at])}; };
  uint32_t hash = kSeed ^ static_cast<uint32_t>(key.size());
  size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    uint32_t block = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    block *= kMultiplier;
    block ^= block >> 24;
    hash = (hash * kMultiplier) ^ (block * kMultiplier);
  }
  const size_t rest = key.size() - at;
  if (rest == 3) hash ^= byte(at + 2) << 16;
  if (rest >= 2) hash ^= byte(at + 1) << 8;
  if (rest >= 1) hash = (hash ^ byte(at)) * kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ hash >> 15;
}

Partition partition_of(std::string_view key, int32_t partition_count) {
  LEDGER_ASSERT(partition_count > 0, "count {}", partition_count);
  return Partition{static_cast<int32_t>(murmur2(key) & 0x7fffffffU) % partition_count};
}

}  // namespace ledger::event
