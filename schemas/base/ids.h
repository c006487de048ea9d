// Strong types for the integers and the 16-byte ids that cross interfaces.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ledger {

enum class Partition : int32_t {};
enum class Offset : int64_t {
};  // of an event in its partition; as a position: the next offset to fold

constexpr int32_t raw(Partition partition) { return static_cast<int32_t>(partition); }
constexpr int64_t raw(Offset offset) { return static_cast<int64_t>(offset); }
constexpr Offset next(Offset offset) { return Offset{raw(offset) + 1}; }

using Uuid = std::array<uint8_t, 16>;

// 8-4-4-4-12 lower-case hex.
std::string to_text(const Uuid& uuid);
// Accepts the 36-character form, either case. Returns: false when `text` is anything else.
bool parse_uuid(std::string_view text, Uuid& out);
// A fresh UUID v7. Throws: Error{kUnavailable} when the kernel gives no randomness.
Uuid make_uuid_v7(int64_t unix_ms);

// A position vector `0:123,1:456`; may name only some partitions. Ordered by partition.
using PositionVector = std::map<Partition, Offset>;

std::string to_text(const PositionVector& positions);
// Throws: Error{kUsage} naming the part that is not `PARTITION:OFFSET`.
PositionVector parse_position_vector(std::string_view text);
// `P:OFFSET`. Returns: false when `text` is anything else.
bool parse_event_address(std::string_view text, Partition& partition, Offset& offset);

}  // namespace ledger
