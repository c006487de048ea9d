#include "schemas/index/key.h"

#include <bit>
#include <cstring>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"

namespace ledger::index {

namespace {

constexpr char kAbsentTag = '\x01';
constexpr char kNumberTag = '\x0d';
constexpr char kTextTag = '\x10';
constexpr char kNul = '\x00';
constexpr char kEscape = '\xff';
constexpr uint64_t kSign = uint64_t{1} << 63;

// Reads one part off the front of `bytes`. Returns: false when there is none.
bool take_part(std::string_view& bytes, KeyPart& part);
bool take_text(std::string_view& bytes, KeyPart& part);

}  // namespace

void append_absent(std::string& key) { key.push_back(kAbsentTag); }

uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

void append_number(std::string& key, double value) {
  key.push_back(kNumberTag);
  append_be64(key, ordered_bits(value));
}

void append_text(std::string& key, std::string_view value) {
  key.push_back(kTextTag);
  for (size_t nul = value.find(kNul); nul != value.npos; nul = value.find(kNul)) {
    key.append(value.substr(0, nul + 1));
    key.push_back(kEscape);
    value.remove_prefix(nul + 1);
  }
  key.append(value);
  key.push_back(kNul);
}

void append_value(std::string& key, const record::FieldValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return append_text(key, *text);
  if (const auto* number = std::get_if<double>(&value)) return append_number(key, *number);
  LEDGER_ASSERT(std::holds_alternative<std::monostate>(value), "kind {}", value.index());
  append_absent(key);
}

void append_part(std::string& key, const KeyPart& part) {
  if (const auto* text = std::get_if<std::string>(&part)) return append_text(key, *text);
  if (const auto* number = std::get_if<double>(&part)) return append_number(key, *number);
  append_absent(key);
}

template <typename Record>
KeyBuilder<Record>::KeyBuilder(const IndexSpec& spec) {
  LEDGER_ASSERT(spec.table == record::table_of<Record>(), "index {} of {}", spec.name,
                record::table_name(spec.table));
  for (const std::string& name : spec.key_fields()) {
    const record::Field<Record>* field = record::find_field<Record>(name);
    LEDGER_ASSERT(field != nullptr, "index {} field {}", spec.name, name);
    parts_.push_back(field);
  }
}

template <typename Record>
void KeyBuilder<Record>::build(const Record& record, std::string& key) const {
  key.clear();
  for (const record::Field<Record>* part : parts_) append_value(key, part->get(record));
}

template class KeyBuilder<record::ContentAudio>;
template class KeyBuilder<record::UserContentAudio>;

std::optional<std::vector<KeyPart>> split(std::string_view key) {
  std::vector<KeyPart> parts;
  while (!key.empty()) {
    if (!take_part(key, parts.emplace_back())) return std::nullopt;
  }
  return parts;
}

namespace {

bool take_part(std::string_view& bytes, KeyPart& part) {
  const char tag = bytes.front();
  bytes.remove_prefix(1);
  if (tag == kTextTag) return take_text(bytes, part);
  if (tag == kAbsentTag) return true;  // a new part is monostate
  if (tag != kNumberTag || bytes.size() < sizeof(uint64_t)) return false;
  const uint64_t bits = read_be64(bytes);
  part = std::bit_cast<double>((bits & kSign) != 0 ? bits & ~kSign : ~bits);
  bytes.remove_prefix(sizeof(uint64_t));
  return true;
}

bool take_text(std::string_view& bytes, KeyPart& part) {
  std::string text;
  for (size_t nul = bytes.find(kNul); nul != bytes.npos; nul = bytes.find(kNul)) {
    const bool escaped = nul + 1 < bytes.size() && bytes[nul + 1] == kEscape;
    text.append(bytes.substr(0, escaped ? nul + 1 : nul));
    bytes.remove_prefix(nul + (escaped ? 2 : 1));
    if (!escaped) {
      part = std::move(text);
      return true;
    }
  }
  return false;
}

}  // namespace

}  // namespace ledger::index
