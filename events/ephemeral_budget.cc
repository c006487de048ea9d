#include "events/ephemeral_budget.h"

#include <utility>

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::events {

namespace {
// A record alone in its batch costs this beside key and value.
constexpr uint64_t kRecordOverheadBytes = 72;
}  // namespace

EphemeralBudget::EphemeralBudget(const log::Connection& connection, log::Retry retry,
                                 int32_t partition_count)
    : client_(connection, std::move(retry)) {
  std::vector<Partition> partitions;
  for (int32_t p = 0; p < partition_count; ++p) partitions.push_back(Partition{p});
  for (const Partition each : partitions) uses_[each] = {};
  count(client_.ends(partitions));
}

void EphemeralBudget::count(const PositionVector& limits) {
  PositionVector from;
  for (const auto& [partition, limit] : limits) from[partition] = uses_.at(partition).counted;
  client_.scan(from, limits, [this](Partition partition, log::Record&& record) {
    uses_.at(partition).bytes += (record.key ? record.key->size() : 0) +
                                 (record.value ? record.value->size() : 0) + kRecordOverheadBytes;
  });
  for (const auto& [partition, limit] : limits) uses_.at(partition).counted = limit;
}

void EphemeralBudget::charge(Partition partition, size_t key_bytes, size_t value_bytes) {
  Use& use = uses_.at(partition);
  const uint64_t bytes = key_bytes + value_bytes + kRecordOverheadBytes;
  if (use.bytes + bytes > kPartitionBytesMax) {
    throw Error(Fault::kFull,
                fmt::format("the embedded broker: partition {} is full ({} of at most {} bytes); "
                            "send to real Kafka (ops/kafka start DIR)",
                            raw(partition), use.bytes, kPartitionBytesMax));
  }
  use.bytes += bytes;
}

void EphemeralBudget::acknowledged(Partition partition, std::optional<Offset> offset) {
  if (!offset) return;
  Use& use = uses_.at(partition);
  if (raw(*offset) > raw(use.counted)) count({{partition, *offset}});
  use.counted = next(*offset);
}

}  // namespace ledger::events
