// Index declarations of record.capnp, resolved and checked once at start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/record/fields.h"

namespace ledger::index {

inline constexpr size_t kKeyBytesMax =
    501;  // LMDB's 511 less the index id and offset that as-of adds

// 1..999 declared; by_id and by_creation_time of table t are 1000 + 2t and 1001 + 2t. Never reused.
enum class IndexId : uint16_t {};
constexpr uint16_t raw(IndexId id) { return static_cast<uint16_t>(id); }

constexpr IndexId by_id_of(record::Table table) {
  return IndexId{static_cast<uint16_t>(1000 + 2 * static_cast<uint16_t>(table))};
}
constexpr IndexId by_creation_time_of(record::Table table) {
  return IndexId{static_cast<uint16_t>(1001 + 2 * static_cast<uint16_t>(table))};
}

// One index. `fields` are Convex names, the declared ones only: _creationTime and _id follow them
// in the key (by_id: none declared and only _id follows).
struct IndexSpec {
  IndexId id{};
  record::Table table{};
  std::string name;
  std::vector<std::string> fields;
  bool operator==(const IndexSpec&) const = default;

  // Names of all key parts in order: declared fields, `_creationTime`, `_id`; by_id has `_id`
  // alone.
  std::vector<std::string> key_fields() const;
};

// All indexes of both tables, by_id and by_creation_time of each included, ordered by table, then
// id.
struct Declarations {
  std::vector<IndexSpec> indexes;
  bool operator==(const Declarations&) const = default;

  std::vector<const IndexSpec*> of(record::Table table) const;
  const IndexSpec* find(record::Table table, std::string_view name) const;  // nullptr if none
  const IndexSpec* find(IndexId id) const;
};

// What one struct declares; apart from reflection so that each refusal can be tested.
struct DeclaredField {
  std::string name;
  record::FieldKind kind{};
  bool optional = false;
  size_t bytes_max = 0;  // of text or of an enumeration's longest text
};
struct DeclaredTable {
  record::Table table{};
  std::string name;
  std::vector<DeclaredField> fields;
  std::vector<IndexSpec> indexes;
};

// Reads record.capnp's annotations by reflection and resolves them.
// Throws: as resolve(); Error{kIncompatible} also when record/fields.h and record.capnp differ.
Declarations load_declarations();
std::vector<DeclaredTable> read_declared_tables();

// Throws: Error{kIncompatible}, each with a message of its own: unknown field, field twice in an
// index, unsupported type, id reused or out of range, name reused in a table, no fields, more than
// 14 fields, keys over kKeyBytesMax.
Declarations resolve(const std::vector<DeclaredTable>& tables);

// The text form that a generation stores: one line per index, `id table name field,field`;
// parse(text(d)) == d.
std::string to_text(const Declarations& declarations);
// Throws: Error{kIntegrity} when the text was not written by to_text().
Declarations parse_declarations(std::string_view text);

}  // namespace ledger::index
