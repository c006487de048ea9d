#include "schemas/store/layout.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/index/key.h"
#include "schemas/store/crockford_internal.h"
#include "schemas/store/packing_internal.h"
#include "schemas/store/sha256_internal.h"

namespace ledger::store {

namespace {

constexpr size_t kRidDigits = 10;
constexpr size_t kOffsetBytes = 8;
constexpr std::string_view kDerivedHead = "uca_";
constexpr int kLedgerDigits = 6;
constexpr int kNumberDigits = 13;  // of partition * 2^48 + offset
constexpr int kOffsetBits = 48;
constexpr uint64_t kOffsetMask = (uint64_t{1} << kOffsetBits) - 1;
constexpr int kOrderedExtraMax = 8;

// Throws: Error{kIntegrity} unless `bytes` has at least (exact: exactly) `length` bytes.
void require_length(std::string_view view, std::string_view bytes, size_t length, bool exact) {
  if (bytes.size() == length || (!exact && bytes.size() > length)) return;
  throw Error(
      Fault::kIntegrity,
      fmt::format("views: {} has an entry of {} bytes where {} belong ({}); rebuild the views: "
                  "ledger-projector rebuild",
                  view, bytes.size(), length, to_hex(bytes.substr(0, 32))));
}

// An ordered varint: as many leading one bits as bytes follow, then the number, big-endian. The
// shortest form only, so that memcmp orders them as the numbers.
void append_ordered(std::string& out, uint64_t value) {
  int extra = 0;
  while (extra < kOrderedExtraMax && value >> (7 * (extra + 1)) != 0) ++extra;
  const uint64_t top = extra == kOrderedExtraMax ? 0 : value >> (8 * extra);
  out.push_back(static_cast<char>((0xFF00U >> extra & 0xFF) | top));
  while (extra-- > 0) out.push_back(static_cast<char>(value >> (8 * extra) & 0xFF));
}

// Takes one off the front. Throws: Error{kIntegrity} naming the view.
int64_t take_ordered(std::string_view view, std::string_view& bytes) {
  require_length(view, bytes, 1, false);
  const auto first = static_cast<uint8_t>(bytes.front());
  const int extra = std::countl_one(first);
  require_length(view, bytes, static_cast<size_t>(extra) + 1, false);
  uint64_t value = first & (0x7FU >> extra);
  for (int i = 1; i <= extra; ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  }
  const bool is_shortest = extra == 0 || value >> (7 * extra) != 0;
  if (!is_shortest || value >> 63 != 0) require_length(view, bytes, 0, true);
  bytes.remove_prefix(static_cast<size_t>(extra) + 1);
  return static_cast<int64_t>(value);
}

uint64_t derived_number(uint32_t partition, Offset offset) {
  return (uint64_t{partition} << kOffsetBits) + static_cast<uint64_t>(ledger::raw(offset));
}

// The rid in a key whose last part is a derived `_id`: the low 48 bits of its last 10 digits.
std::optional<Rid> named_rid(std::string_view key) {
  if (key.size() <= kRidDigits || key.back() != '\0') return std::nullopt;
  const auto number = read_digits(key.substr(key.size() - 1 - kRidDigits, kRidDigits));
  if (!number) return std::nullopt;
  return Rid{static_cast<int64_t>(*number & kOffsetMask)};
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
  append_ordered(key, static_cast<uint64_t>(raw(rid)));
  return key;
}

std::string version_key(Rid rid, Offset from) {
  std::string key = rid_key(rid);
  append_ordered(key, static_cast<uint64_t>(std::max<int64_t>(0, raw(from) - raw(rid))));
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

std::string encode_entry(std::string_view key, const Entry& entry) {
  const int64_t rid = raw(entry.rid);
  const int64_t waited = ledger::raw(entry.entered) - rid;
  LEDGER_ASSERT(rid > 0 && waited >= 0, "rid {} entered {}", rid, ledger::raw(entry.entered));
  std::string out;
  Packer pack_to(out);
  const bool named = named_rid(key) == entry.rid;
  if (!named) pack_to.varint(static_cast<uint64_t>(rid));
  if (waited == 0) return out;
  if (named) pack_to.varint(0);
  pack_to.varint(static_cast<uint64_t>(waited));
  return out;
}

Entry decode_entry(std::string_view key, std::string_view value) {
  Unpacker in(value, "an index entry");
  const std::optional<Rid> named = named_rid(key);
  int64_t rid = value.empty() ? 0 : raw(in.offset());
  const bool by_key = rid == 0;
  if (by_key ? !named || raw(*named) == 0 : named == Rid{rid}) in.fail();
  if (by_key) rid = raw(*named);
  if (in.rest().empty() && (!by_key || value.empty())) return {Rid{rid}, Offset{rid}};
  const int64_t waited = raw(in.offset());
  if (waited == 0 || waited > std::numeric_limits<int64_t>::max() - rid) in.fail();
  in.finish();
  return {Rid{rid}, Offset{rid + waited}};
}

Offset decode_offset(std::string_view bytes) {
  require_length("a view", bytes, kOffsetBytes, true);
  const auto offset = static_cast<int64_t>(read_be64(bytes));
  if (offset < 0) {
    throw Error(Fault::kIntegrity,
                fmt::format("views: a view has the offset {}; rebuild the views: ledger-projector "
                            "rebuild",
                            to_hex(bytes)));
  }
  return Offset{offset};
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

Rid decode_rid_key(std::string_view key) {
  std::string_view rest = key;
  const Rid rid{take_ordered("a table", rest)};
  require_length("a table", key, key.size() - rest.size(), true);
  return rid;
}

VersionKey decode_version_key(std::string_view key) {
  std::string_view rest = key;
  const int64_t rid = take_ordered("versions", rest);
  const int64_t age = take_ordered("versions", rest);
  require_length("versions", key, key.size() - rest.size(), true);
  if (age > std::numeric_limits<int64_t>::max() - rid) require_length("versions", key, 0, true);
  return {Rid{rid}, Offset{rid + age}};
}

Offset decode_record_outcome_key(std::string_view key) {
  require_length("record_outcomes", key, 11, false);
  return decode_offset(key.substr(key.size() - 8));
}

std::string derived_id_prefix(const Uuid& ledger_id) {
  const Sha256 hash = sha256({reinterpret_cast<const char*>(ledger_id.data()), ledger_id.size()});
  const uint64_t first = read_be32({reinterpret_cast<const char*>(hash.data()), 4}) >> 2;
  std::string id(kDerivedHead);
  append_digits(id, first, kLedgerDigits);
  return id;
}

std::string derived_id(const Uuid& ledger_id, Partition partition, Offset offset) {
  return derived_id(derived_id_prefix(ledger_id), partition, offset);
}

std::string derived_id(std::string_view prefix, Partition partition, Offset offset) {
  std::string id;
  append_derived_id(id, prefix, partition, offset);
  return id;
}

void append_derived_id(std::string& to, std::string_view prefix, Partition partition,
                       Offset offset) {
  to.append(prefix);
  append_digits(to, derived_number(static_cast<uint32_t>(ledger::raw(partition)), offset),
                kNumberDigits);
}

std::optional<Offset> derived_offset(std::string_view prefix, Partition partition,
                                     std::string_view id) {
  if (!id.starts_with(prefix)) return std::nullopt;
  const auto parsed = parse_derived_id(id);
  if (!parsed || parsed->partition != static_cast<uint32_t>(ledger::raw(partition))) {
    return std::nullopt;
  }
  return parsed->offset;
}

std::optional<DerivedId> parse_derived_id(std::string_view id) {
  constexpr size_t kNumberAt = kDerivedHead.size() + kLedgerDigits;
  if (id.size() != kNumberAt + kNumberDigits || !id.starts_with(kDerivedHead)) return std::nullopt;
  const auto ledger = read_digits(id.substr(kDerivedHead.size(), kLedgerDigits));
  const auto number = read_digits(id.substr(kNumberAt));
  if (!ledger || !number) return std::nullopt;
  return DerivedId{static_cast<uint32_t>(*ledger), static_cast<uint32_t>(*number >> kOffsetBits),
                   Offset{static_cast<int64_t>(*number & kOffsetMask)}};
}

void write_derived_id(const DerivedId& id, std::string& into) {
  into = kDerivedHead;
  append_digits(into, id.ledger, kLedgerDigits);
  append_digits(into, derived_number(id.partition, id.offset), kNumberDigits);
}

}  // namespace ledger::store
