#include "schemas/store/layout.h"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/index/key.h"

namespace ledger::store {

namespace {

constexpr size_t kShortOffsetBytes = 6;
constexpr std::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kOffsetBytes = 8;

// Throws: Error{kIntegrity} unless `bytes` has at least (exact: exactly) `length` bytes.
void require_length(std::string_view view, std::string_view bytes, size_t length, bool exact) {
  if (bytes.size() == length || (!exact && bytes.size() > length)) return;
  throw Error(
      Fault::kIntegrity,
      fmt::format("views: {} has an entry of {} bytes where {} belong ({}); rebuild the views: "
                  "ledger-projector rebuild",
                  view, bytes.size(), length, to_hex(bytes.substr(0, 32))));
}

// Offsets are below 2^48: derived ids hold no more.
void append_be48(std::string& out, int64_t offset) {
  LEDGER_ASSERT(offset >> 48 == 0, "{}", offset);
  std::string bytes;
  append_be64(bytes, static_cast<uint64_t>(offset));
  out.append(bytes, 2);
}

int64_t read_be48(std::string_view bytes) {
  std::array<char, 8> wide{};
  std::copy_n(bytes.begin(), kShortOffsetBytes, wide.begin() + 2);
  return static_cast<int64_t>(read_be64({wide.data(), wide.size()}));
}

void append_base32(std::string& out, uint64_t value, int digits) {
  for (int shift = 5 * (digits - 1); shift >= 0; shift -= 5) {
    out.push_back(kCrockford[value >> shift & 31]);
  }
}

}  // namespace

std::vector<ViewName> view_names(const index::Declarations& declarations) {
  std::vector<ViewName> names = {
      {View::kEventIds, "event_ids"},
      {View::kContentHashes, "content_hashes"},
      {View::kContentAudioRows, "contentAudios.rows"},
      {View::kUserContentAudioRows, "userContentAudios.rows"},
      {View::kVersions, "versions"},
      {View::kPast, "past"},
      {View::kLeftAt, "left_at"},
      {View::kOutcomes, "outcomes"},
      {View::kRecordOutcomes, "record_outcomes"},
  };
  for (const index::IndexSpec& spec : declarations.indexes) {
    names.push_back(
        {view_of(spec.id), fmt::format("{}.{}", record::table_name(spec.table), spec.name)});
  }
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return names;
}

std::string offset_key(Offset offset) {
  std::string key;
  append_be64(key, static_cast<uint64_t>(raw(offset)));
  return key;
}

std::string rid_key(Rid rid) {
  std::string key;
  append_be64(key, static_cast<uint64_t>(raw(rid)));
  return key;
}

std::string version_key(Rid rid, Offset from) {
  std::string key = rid_key(rid);
  append_be64(key, static_cast<uint64_t>(raw(from)));
  return key;
}

std::string past_key(index::IndexId index, std::string_view key, Offset left) {
  std::string out;
  append_be16(out, index::raw(index));
  out.append(key);
  append_be64(out, static_cast<uint64_t>(raw(left)));
  return out;
}

std::string left_at_key(Offset left, index::IndexId index, std::string_view key) {
  std::string out = offset_key(left);
  append_be16(out, index::raw(index));
  out.append(key);
  return out;
}

std::string content_hash_key(std::string_view content_id, record::ContentType type) {
  std::string key;
  index::append_text(key, content_id);
  index::append_text(key, record::to_text(type));
  return key;
}

std::string record_outcome_key(record::Table table, std::string_view id, Offset offset) {
  std::string key(1, static_cast<char>(table));
  index::append_text(key, id);
  append_be64(key, static_cast<uint64_t>(raw(offset)));
  return key;
}

std::string encode_entry(const Entry& entry) {
  std::string out;
  append_be48(out, raw(entry.rid));
  if (raw(entry.entered) != raw(entry.rid)) append_be48(out, raw(entry.entered));
  return out;
}

Entry decode_entry(std::string_view value) {
  const bool first = value.size() == kShortOffsetBytes;
  require_length("an index", value, first ? kShortOffsetBytes : 2 * kShortOffsetBytes, true);
  const int64_t rid = read_be48(value);
  return {Rid{rid}, Offset{first ? rid : read_be48(value.substr(kShortOffsetBytes))}};
}

Offset decode_offset(std::string_view bytes) {
  require_length("a view", bytes, kOffsetBytes, true);
  return Offset{static_cast<int64_t>(read_be64(bytes))};
}

PastKey decode_past_key(std::string_view key) {
  require_length("past", key, 10, false);
  return {index::IndexId{read_be16(key)}, key.substr(2, key.size() - 10),
          decode_offset(key.substr(key.size() - 8))};
}

LeftAtKey decode_left_at_key(std::string_view key) {
  require_length("left_at", key, 10, false);
  return {decode_offset(key.substr(0, 8)), index::IndexId{read_be16(key.substr(8))},
          key.substr(10)};
}

VersionKey decode_version_key(std::string_view key) {
  require_length("versions", key, 16, true);
  return {Rid{static_cast<int64_t>(read_be64(key))}, decode_offset(key.substr(8))};
}

Offset decode_record_outcome_key(std::string_view key) {
  require_length("record_outcomes", key, 11, false);
  return decode_offset(key.substr(key.size() - 8));
}

std::string derived_id_prefix(const Uuid& ledger_id) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  const int ok =
      EVP_Digest(ledger_id.data(), ledger_id.size(), hash.data(), &size, EVP_sha256(), nullptr);
  LEDGER_ASSERT(ok == 1 && size == 32, "{} {}", ok, size);
  const uint64_t first = read_be32({reinterpret_cast<const char*>(hash.data()), 4}) >> 2;
  std::string id = "uca_";
  append_base32(id, first, 6);
  return id;
}

std::string derived_id(const Uuid& ledger_id, Partition partition, Offset offset) {
  return derived_id(derived_id_prefix(ledger_id), partition, offset);
}

std::string derived_id(std::string_view prefix, Partition partition, Offset offset) {
  std::string id(prefix);
  const uint64_t number = (static_cast<uint64_t>(ledger::raw(partition)) << 48) +
                          static_cast<uint64_t>(ledger::raw(offset));
  append_base32(id, number, 13);
  return id;
}

std::optional<Offset> derived_offset(std::string_view prefix, Partition partition,
                                     std::string_view id) {
  if (!id.starts_with(prefix) || id.size() != prefix.size() + 13) return std::nullopt;
  uint64_t number = 0;
  for (const char digit : id.substr(prefix.size())) {
    const size_t value = kCrockford.find(digit);
    if (value == std::string_view::npos || number >> 59 != 0) return std::nullopt;
    number = number << 5 | value;
  }
  if (number >> 48 != static_cast<uint64_t>(ledger::raw(partition))) return std::nullopt;
  return Offset{static_cast<int64_t>(number & ((uint64_t{1} << 48) - 1))};
}

}  // namespace ledger::store
