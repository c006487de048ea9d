// Which partition an event's key belongs to: murmur2 as Java clients compute it.
#pragma once

#include <string_view>

#include "schemas/base/ids.h"

namespace ledger::event {

// (murmur2(key) & 0x7fffffff) mod count, as org.apache.kafka's default partitioner. Precondition:
// count > 0.
Partition partition_of(std::string_view key, int32_t partition_count);

}  // namespace ledger::event
