// Every field of both records by its Convex name, for keys, conditions, output and differences.
//
// The tables here are checked against record.capnp once at start (index::load_declarations), so
// that a field added there without an accessor here stops the program instead of being left out.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "schemas/record/record.h"

namespace ledger::record {

enum class FieldKind : uint8_t { kText, kNumber, kEnumeration, kVoiceSettings, kKeptText };

// Text in a kept event: the payload of the event at this offset has it.
struct KeptText {
  Offset offset{};
  bool operator==(const KeptText&) const = default;
};

// monostate = absent; string_view = text or an enumeration's text. Lifetime: of the record it came
// from.
using FieldValue =
    std::variant<std::monostate, double, std::string_view, const VoiceSettings*, KeptText>;

template <typename Record>
struct Field {
  std::string_view name;  // Convex name
  FieldKind kind;
  bool optional;
  FieldValue (*get)(const Record&);
};

// In the order of record.capnp, which is the order of output. Lifetime: static.
template <typename Record>
std::span<const Field<Record>> fields();
template <>
std::span<const Field<ContentAudio>> fields<ContentAudio>();
template <>
std::span<const Field<UserContentAudio>> fields<UserContentAudio>();

// Returns: nullptr when no field has that name.
template <typename Record>
const Field<Record>* find_field(std::string_view name) {
  for (const Field<Record>& field : fields<Record>()) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

template <typename Record>
constexpr Table table_of();
template <>
constexpr Table table_of<ContentAudio>() {
  return Table::kContentAudios;
}
template <>
constexpr Table table_of<UserContentAudio>() {
  return Table::kUserContentAudios;
}

}  // namespace ledger::record
