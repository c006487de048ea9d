// The hash under partition_of. Internal to schemas/event and its tests.
#pragma once

#include <cstdint>
#include <string_view>

namespace ledger::event {

// As Utils.murmur2 of Kafka's Java client, whose int is this value's two's complement.
uint32_t murmur2(std::string_view key);

}  // namespace ledger::event
