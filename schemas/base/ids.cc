#include "schemas/base/ids.h"

#include <charconv>

#include <fmt/format.h>
#include <sys/random.h>

#include "schemas/base/bytes.h"
#include "schemas/base/error.h"

namespace ledger {

namespace {

constexpr size_t kUuidText = 36;
struct UuidGroup {
  size_t at;    // in the text
  size_t size;  // bytes
};
constexpr std::array<UuidGroup, 5> kUuidGroups = {{{0, 4}, {9, 2}, {14, 2}, {19, 2}, {24, 6}}};

template <typename T>
bool parse_whole(std::string_view text, T& out) {
  if (text.empty() || text.front() == '-' || text.front() == '+') return false;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string to_text(const Uuid& uuid) {
  std::string text(kUuidText, '-');
  std::string_view bytes(reinterpret_cast<const char*>(uuid.data()), uuid.size());
  for (const auto& [at, size] : kUuidGroups) {
    write_hex(bytes.substr(0, size), text.data() + at);
    bytes.remove_prefix(size);
  }
  return text;
}

bool parse_uuid(std::string_view text, Uuid& out) {
  if (text.size() != kUuidText) return false;
  Uuid uuid{};
  uint8_t* bytes = uuid.data();
  for (const auto& [at, size] : kUuidGroups) {
    if (at > 0 && text[at - 1] != '-') return false;
    if (!parse_hex(text.substr(at, 2 * size), bytes)) return false;
    bytes += size;
  }
  out = uuid;
  return true;
}

Uuid make_uuid_v7(int64_t unix_ms) {
  Uuid uuid{};
  if (getrandom(uuid.data(), uuid.size(), 0) != static_cast<ssize_t>(uuid.size())) {
    throw Error(Fault::kUnavailable, "no randomness from the kernel for an eventId; try again");
  }
  for (size_t i = 0; i < 6; ++i) {
    uuid[i] = static_cast<uint8_t>(static_cast<uint64_t>(unix_ms) >> (8 * (5 - i)) & 0xFF);
  }
  uuid[6] = static_cast<uint8_t>(0x70 | (uuid[6] & 0x0F));
  uuid[8] = static_cast<uint8_t>(0x80 | (uuid[8] & 0x3F));
  return uuid;
}

std::string to_text(const PositionVector& positions) {
  std::string out;
  for (const auto& [partition, offset] : positions) {
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", raw(partition), raw(offset));
  }
  return out;
}

PositionVector parse_position_vector(std::string_view text) {
  PositionVector positions;
  for (std::string_view rest = text;;) {
    const size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    Partition partition{};
    Offset offset{};
    if (!parse_event_address(part, partition, offset)) {
      throw Error(Fault::kUsage,
                  fmt::format("position vector: '{}' in '{}' is not PARTITION:OFFSET; "
                              "write it like 0:123,1:456",
                              part, text));
    }
    if (!positions.emplace(partition, offset).second) {
      throw Error(Fault::kUsage, fmt::format("position vector: partition {} stands twice in '{}'",
                                             raw(partition), text));
    }
    if (comma == std::string_view::npos) return positions;
    rest.remove_prefix(comma + 1);
  }
}

bool parse_event_address(std::string_view text, Partition& partition, Offset& offset) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  int32_t p = 0;
  int64_t o = 0;
  if (!parse_whole(text.substr(0, colon), p) || !parse_whole(text.substr(colon + 1), o))
    return false;
  partition = Partition{p};
  offset = Offset{o};
  return true;
}

}  // namespace ledger
