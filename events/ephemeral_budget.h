// Keeps an embedded broker from filling up: it drops its oldest records silently at 5 MiB a
// partition.
#pragma once

#include <map>
#include <optional>

#include "events/log/client.h"

namespace ledger::events {

// Counts what is in each partition, records of others included.
class EphemeralBudget {
 public:
  static constexpr uint64_t kPartitionBytesMax = uint64_t{3} * 1024 * 1024;

  // Counts what is there already.
  EphemeralBudget(const log::Connection& connection, log::Retry retry, int32_t partition_count);

  // Throws: Error{kFull} when the record would not fit any more.
  void charge(Partition partition, size_t key_bytes, size_t value_bytes);
  // Counts what others wrote before this record of ours.
  void acknowledged(Partition partition, std::optional<Offset> offset);

 private:
  struct Use {
    uint64_t bytes = 0;
    Offset counted{};  // records before it are counted
  };
  void count(const PositionVector& limits);

  log::Client client_;
  std::map<Partition, Use> uses_;
};

}  // namespace ledger::events
