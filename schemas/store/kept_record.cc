// Records of the tail, and the chain.
//
//   be64 checksum | be64 timestamp | be64 log time | flags | be32 key length | key | value
#include <algorithm>

#include <fmt/format.h>
#include <xxhash.h>

#include "schemas/base/bytes.h"
#include "schemas/store/kept_log_internal.h"
#include "schemas/store/sha256_internal.h"

namespace ledger::store {

namespace {

constexpr size_t kHeaderBytes = 8 + 8 + 8 + 1 + 4;
constexpr uint8_t kNullKey = 1;
constexpr uint8_t kNullValue = 2;
constexpr uint8_t kGap = 4;
constexpr uint32_t kNullLength = 0xFFFFFFFF;

void append_field(std::string& out, const std::optional<std::string_view>& bytes) {
  append_be32(out, bytes ? static_cast<uint32_t>(bytes->size()) : kNullLength);
  if (bytes) out.append(*bytes);
}

uint8_t flags_of(const KeptEvent& event) {
  if (event.gap_until) return kNullKey | kGap;
  return static_cast<uint8_t>((event.key ? 0 : kNullKey) | (event.value ? 0 : kNullValue));
}

// Flags as flags_of() gives them, and nothing where null is.
bool is_one_form(const KeptShape& shape) {
  const bool no_key = (shape.flags & kNullKey) != 0;
  if (no_key && shape.key_bytes > 0) return false;
  if ((shape.flags & kGap) != 0) return shape.flags == (kNullKey | kGap);
  return shape.flags < kGap && ((shape.flags & kNullValue) == 0 || shape.value_bytes == 0);
}

}  // namespace

Error kept_damage(const std::filesystem::path& path, std::string_view what) {
  return Error(Fault::kIntegrity,
               fmt::format("kept log {}: {}; restore log/ from a copy", path.string(), what));
}

std::string place_of(std::string_view key) {
  return key.size() == 8 ? std::to_string(read_be64(key)) : to_hex(key);
}

uint64_t kept_checksum(Offset offset, std::string_view rest) {
  return XXH3_64bits_withSeed(rest.data(), rest.size(), static_cast<uint64_t>(raw(offset)));
}

ChainHash chain_next(const ChainHash& previous, const KeptEvent& event) {
  thread_local std::string bytes;
  bytes.assign(reinterpret_cast<const char*>(previous.data()), previous.size());
  append_be64(bytes, static_cast<uint64_t>(raw(event.offset)));
  append_be64(bytes, static_cast<uint64_t>(event.gap_until ? -1 : event.timestamp_ms));
  if (event.gap_until) {
    append_field(bytes, std::nullopt);
    std::string until;
    append_be64(until, static_cast<uint64_t>(raw(*event.gap_until)));
    append_field(bytes, until);
  } else {
    append_field(bytes, event.key);
    append_field(bytes, event.value);
  }
  return sha256(bytes);
}

KeptShape append_fields(const KeptEvent& event, std::string& out) {
  KeptShape shape{event.gap_until ? -1 : event.timestamp_ms, flags_of(event), 0, 0};
  if (event.key && !event.gap_until) {
    shape.key_bytes = event.key->size();
    out.append(*event.key);
  }
  const size_t value_at = out.size();
  if (event.gap_until) {
    append_be64(out, static_cast<uint64_t>(raw(*event.gap_until)));
  } else if (event.value) {
    out.append(*event.value);
  }
  shape.value_bytes = out.size() - value_at;
  return shape;
}

bool take_fields(const KeptShape& shape, std::string_view fields, KeptEvent& event) {
  if (!is_one_form(shape)) return false;
  event.timestamp_ms = shape.timestamp_ms;
  const std::string_view value = fields.substr(shape.key_bytes);
  if (!(shape.flags & kNullKey)) event.key = fields.substr(0, shape.key_bytes);
  if (shape.flags & kGap) {
    if (value.size() != 8) return false;
    event.gap_until = Offset{static_cast<int64_t>(read_be64(value))};
    return *event.gap_until > event.offset;
  }
  if (!(shape.flags & kNullValue)) event.value = value;
  return true;
}

void encode_kept(const KeptEvent& event, int64_t log_time_ms, std::string& out) {
  const size_t start = out.size();
  out.append(kHeaderBytes, '\0');
  const KeptShape shape = append_fields(event, out);
  std::string head;
  head.reserve(kHeaderBytes);
  append_be64(head, static_cast<uint64_t>(shape.timestamp_ms));
  append_be64(head, static_cast<uint64_t>(log_time_ms));
  head.push_back(static_cast<char>(shape.flags));
  append_be32(head, static_cast<uint32_t>(shape.key_bytes));
  out.replace(start + 8, head.size(), head);
  head.clear();
  append_be64(head, kept_checksum(event.offset, std::string_view(out).substr(start + 8)));
  out.replace(start, head.size(), head);
}

KeptEvent decode_kept(std::string_view key, std::string_view value,
                      const std::filesystem::path& path) {
  const auto damaged = [&](std::string_view what) {
    return kept_damage(path, fmt::format("the record {} {}", place_of(key), what));
  };
  if (key.size() != 8 || value.size() < kHeaderBytes) throw damaged("is cut short");
  const Offset offset{static_cast<int64_t>(read_be64(key))};
  if (kept_checksum(offset, value.substr(8)) != read_be64(value)) {
    throw damaged("has another checksum");
  }
  KeptShape shape;
  shape.timestamp_ms = static_cast<int64_t>(read_be64(value.substr(8)));
  shape.flags = static_cast<uint8_t>(value[24]);
  shape.key_bytes = read_be32(value.substr(25));
  shape.value_bytes = value.size() - kHeaderBytes - shape.key_bytes;
  if (shape.key_bytes > value.size() - kHeaderBytes) throw damaged("is cut short");
  KeptEvent event;
  event.offset = offset;
  event.log_time_ms = static_cast<int64_t>(read_be64(value.substr(16)));
  if (!take_fields(shape, value.substr(kHeaderBytes), event)) {
    throw damaged("has flags of no record, or is a gap without an end");
  }
  return event;
}

}  // namespace ledger::store
