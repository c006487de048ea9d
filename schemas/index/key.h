// Order-preserving key bytes, byte for byte those of Convex. KEY_FORMAT.md is normative.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/index/spec.h"

namespace ledger::index {

// One decoded part of a key. Lifetime: owns its text.
using KeyPart = std::variant<std::monostate, double, std::string>;

// Appends enc(value): absent 01 | number 0D + 8 bytes | text 10 + bytes with 00 -> 00 FF + 00.
void append_absent(std::string& key);
void append_number(std::string& key, double value);
void append_text(std::string& key, std::string_view value);
// Precondition (asserted): the value is absent, a number, text or an enumeration's text.
void append_value(std::string& key, const record::FieldValue& value);
void append_part(std::string& key, const KeyPart& part);
// What orders as enc(value) does.
uint64_t ordered_bits(double value);

// Builds the keys of one index from records; accessors are resolved once, here.
template <typename Record>
class KeyBuilder {
 public:
  // Precondition (asserted): `spec` is of Record's table and resolved.
  explicit KeyBuilder(const IndexSpec& spec);

  // Replaces `key` with the record's key: fields, _creationTime, _id.
  void build(const Record& record, std::string& key) const;

 private:
  std::vector<const record::Field<Record>*> parts_;
};

extern template class KeyBuilder<record::ContentAudio>;
extern template class KeyBuilder<record::UserContentAudio>;

// Splits key bytes into their parts. Returns: nullopt when the bytes are no key.
std::optional<std::vector<KeyPart>> split(std::string_view key);

}  // namespace ledger::index
