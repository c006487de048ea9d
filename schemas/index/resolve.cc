// What a declaration must be to be used, and the message for each way to be something else.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/index/spec.h"

namespace ledger::index {

namespace {

constexpr size_t kFieldsMax = 14;  // Convex's 16 key parts less _creationTime and _id
constexpr uint16_t kDeclaredIdMax = 999;
constexpr size_t kDeclaredMax = 50;    // with the other views, a shard has 64 databases
constexpr size_t kNumberKeyBytes = 9;  // tag and 8 bytes
constexpr size_t kTextKeyBytes = 2;    // tag and terminator; U+0000 is legal in no text field
constexpr std::string_view kImplied[] = {"_creationTime", "_id"};
constexpr std::string_view kReservedNames[] = {"by_id", "by_creation_time", "rows"};

template <typename... Args>
[[noreturn]] void refuse(const DeclaredTable& table, const IndexSpec& spec,
                         fmt::format_string<Args...> why, Args&&... args) {
  throw Error(Fault::kIncompatible,
              fmt::format("index declaration is refused: {}.{} (id {}): {}; correct record.capnp",
                          table.name, spec.name, raw(spec.id),
                          fmt::format(why, std::forward<Args>(args)...)));
}

void check_id(const DeclaredTable& table, const IndexSpec& spec,
              std::map<IndexId, std::string>& taken);
void check_name(const DeclaredTable& table, const IndexSpec& spec, std::set<std::string>& taken);
void check_fields(const DeclaredTable& table, const IndexSpec& spec);
void check_key_bytes(const DeclaredTable& table, const IndexSpec& spec);
const DeclaredField* find_field(const DeclaredTable& table, std::string_view name);
size_t key_bytes_max(const DeclaredField& field);

}  // namespace

Declarations resolve(const std::vector<DeclaredTable>& tables) {
  Declarations declarations;
  std::map<IndexId, std::string> ids;
  for (const DeclaredTable& table : tables) {
    std::set<std::string> names;
    std::vector<IndexSpec> specs = table.indexes;
    for (const IndexSpec& spec : specs) {
      check_id(table, spec, ids);
      if (ids.size() > kDeclaredMax) {
        refuse(table, spec, "it is one of more than {} indexes, which a shard has no room for",
               kDeclaredMax);
      }
      check_name(table, spec, names);
      check_fields(table, spec);
    }
    specs.push_back({by_id_of(table.table), table.table, "by_id", {}});
    specs.push_back({by_creation_time_of(table.table), table.table, "by_creation_time", {}});
    for (const IndexSpec& spec : specs) check_key_bytes(table, spec);
    declarations.indexes.insert(declarations.indexes.end(), specs.begin(), specs.end());
  }
  std::sort(declarations.indexes.begin(), declarations.indexes.end(),
            [](const IndexSpec& a, const IndexSpec& b) {
              return std::pair(a.table, a.id) < std::pair(b.table, b.id);
            });
  return declarations;
}

namespace {

void check_id(const DeclaredTable& table, const IndexSpec& spec,
              std::map<IndexId, std::string>& taken) {
  if (raw(spec.id) < 1 || raw(spec.id) > kDeclaredIdMax) {
    refuse(table, spec, "the id is not within 1..{}", kDeclaredIdMax);
  }
  const auto [it, fresh] = taken.emplace(spec.id, table.name + "." + spec.name);
  if (!fresh) refuse(table, spec, "the id is that of {}", it->second);
}

void check_name(const DeclaredTable& table, const IndexSpec& spec, std::set<std::string>& taken) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (spec.name.empty() || !std::all_of(spec.name.begin(), spec.name.end(), word)) {
    refuse(table, spec, "the name is not made of letters, digits and `_`");
  }
  if (std::count(std::begin(kReservedNames), std::end(kReservedNames), spec.name) > 0) {
    refuse(table, spec, "the name is reserved");
  }
  if (!taken.insert(spec.name).second) {
    refuse(table, spec, "the table has an index of this name already");
  }
}

void check_fields(const DeclaredTable& table, const IndexSpec& spec) {
  if (spec.fields.empty()) {
    refuse(table, spec, "no fields (by_creation_time needs no declaration)");
  }
  if (spec.fields.size() > kFieldsMax) {
    refuse(table, spec, "{} fields, {} at most", spec.fields.size(), kFieldsMax);
  }
  std::set<std::string_view> seen;
  for (const std::string& name : spec.fields) {
    if (std::count(std::begin(kImplied), std::end(kImplied), name) > 0) {
      refuse(table, spec, "{} follows the declared fields by itself", name);
    }
    const DeclaredField* field = find_field(table, name);
    if (field == nullptr) refuse(table, spec, "{} has no field {}", table.name, name);
    if (!seen.insert(name).second) refuse(table, spec, "field {} stands twice", name);
    if (field->kind == record::FieldKind::kVoiceSettings) {
      refuse(table, spec, "field {} is an object; text, numbers and enumerations have keys", name);
    }
    if (field->kind == record::FieldKind::kKeptText) {
      refuse(table, spec, "field {} is long text, which only the kept event holds", name);
    }
  }
}

void check_key_bytes(const DeclaredTable& table, const IndexSpec& spec) {
  size_t bytes = 0;
  for (const std::string& name : spec.key_fields()) {
    const DeclaredField* field = find_field(table, name);
    if (field == nullptr) refuse(table, spec, "{} has no field {}", table.name, name);
    bytes += key_bytes_max(*field);
  }
  if (bytes > kKeyBytesMax) {
    refuse(table, spec, "its keys can be {} bytes long, {} at most", bytes, kKeyBytesMax);
  }
}

const DeclaredField* find_field(const DeclaredTable& table, std::string_view name) {
  const auto it = std::find_if(table.fields.begin(), table.fields.end(),
                               [name](const DeclaredField& field) { return field.name == name; });
  return it == table.fields.end() ? nullptr : &*it;
}

size_t key_bytes_max(const DeclaredField& field) {
  return field.kind == record::FieldKind::kNumber ? kNumberKeyBytes
                                                  : kTextKeyBytes + field.bytes_max;
}

}  // namespace

}  // namespace ledger::index
