// Reads the declarations out of record.capnp's own schema, which the generated code carries.
#include <algorithm>
#include <optional>

#include <capnp/schema.h>
#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/index/spec.h"
#include "schemas/record/annotations.h"
#include "schemas/wire/index.capnp.h"
#include "schemas/wire/record.capnp.h"

namespace ledger::index {

namespace {

using record::find_annotation;
using Annotations = capnp::List<capnp::schema::Annotation>::Reader;
using Type = capnp::schema::Type;

[[noreturn]] void refuse(std::string_view object, const std::string& why) {
  throw Error(Fault::kIncompatible,
              fmt::format("record.capnp and record/fields.h do not agree: {}: {}; correct the one "
                          "that is wrong and rebuild the program",
                          object, why));
}

template <typename Wire, typename Record>
DeclaredTable read_table();
void read_annotations(const Annotations& annotations, DeclaredTable& table);
DeclaredField read_field(const capnp::StructSchema::Field& field);
void read_type(const capnp::StructSchema::Field& field, DeclaredField& declared);
size_t read_enumeration(const capnp::EnumSchema& schema);
template <typename Record>
void compare_with_accessors(DeclaredTable& table);
std::string to_string(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

}  // namespace

Declarations load_declarations() { return resolve(read_declared_tables()); }

std::vector<DeclaredTable> read_declared_tables() {
  return {read_table<wire::ContentAudio, record::ContentAudio>(),
          read_table<wire::UserContentAudio, record::UserContentAudio>()};
}

namespace {

template <typename Wire, typename Record>
DeclaredTable read_table() {
  const auto schema = capnp::Schema::from<Wire>();
  DeclaredTable table;
  read_annotations(schema.getProto().getAnnotations(), table);
  if (table.table != record::table_of<Record>() ||
      table.name != record::table_name(record::table_of<Record>())) {
    refuse(schema.getShortDisplayName().cStr(),
           fmt::format("$table says id {} name `{}`, record.h has id {} name `{}`",
                       static_cast<int>(table.table), table.name,
                       static_cast<int>(record::table_of<Record>()),
                       record::table_name(record::table_of<Record>())));
  }
  for (const auto field : schema.getFields()) table.fields.push_back(read_field(field));
  compare_with_accessors<Record>(table);
  return table;
}

void read_annotations(const Annotations& annotations, DeclaredTable& table) {
  for (const auto annotation : annotations) {
    const auto value = annotation.getValue();
    if (annotation.getId() == record::kTableAnnotation) {
      const auto declared = value.getStruct().getAs<wire::Table>();
      table.table = static_cast<record::Table>(declared.getId());
      table.name = to_string(declared.getName());
    }
  }
  for (const auto annotation : annotations) {
    if (annotation.getId() != record::kIndexAnnotation) continue;
    const auto declared = annotation.getValue().getStruct().getAs<wire::Index>();
    IndexSpec spec{IndexId{declared.getId()}, table.table, to_string(declared.getName()), {}};
    for (const auto name : declared.getFields()) spec.fields.push_back(to_string(name));
    table.indexes.push_back(std::move(spec));
  }
}

DeclaredField read_field(const capnp::StructSchema::Field& field) {
  const auto proto = field.getProto();
  const auto name = find_annotation(proto, record::kNameAnnotation);
  DeclaredField declared;
  declared.name = to_string(name ? name->getText() : proto.getName());
  declared.optional = find_annotation(proto, record::kOptionalAnnotation).has_value();
  if (const auto bytes = find_annotation(proto, record::kMaxBytesAnnotation)) {
    declared.bytes_max = bytes->getUint32();
  }
  read_type(field, declared);
  return declared;
}

void read_type(const capnp::StructSchema::Field& field, DeclaredField& declared) {
  const auto type = field.getType();
  if (field.getProto().isGroup()) {  // none/some
    const auto some = type.asStruct().findFieldByName("some");
    KJ_IF_MAYBE (number, some) {
      if (number->getType().which() == Type::FLOAT64) {
        declared.kind = record::FieldKind::kNumber;
        declared.optional = true;
        return;
      }
    }
  } else if (type.which() == Type::FLOAT64) {
    declared.kind = record::FieldKind::kNumber;
    return;
  } else if (type.which() == Type::TEXT) {
    if (declared.bytes_max == 0) refuse(declared.name, "a text field without $maxBytes");
    declared.kind = record::FieldKind::kText;
    return;
  } else if (type.which() == Type::ENUM) {
    declared.kind = record::FieldKind::kEnumeration;
    declared.bytes_max = read_enumeration(type.asEnum());
    return;
  } else if (type == capnp::Type(capnp::Schema::from<wire::VoiceSettings>())) {
    declared.kind = record::FieldKind::kVoiceSettings;
    return;
  }
  refuse(declared.name,
         "its type is none of Text, Float64, an enumeration, a none/some group of "
         "Float64, VoiceSettings");
}

// Whether `text` is what record.h calls enumerant `number` of this enumeration.
bool names_enumerant(const capnp::EnumSchema& schema, const std::string& text, uint16_t number) {
  const auto same = [number](const auto& value) {
    return value && static_cast<uint16_t>(*value) == number;
  };
  if (schema == capnp::Schema::from<wire::ContentType>()) {
    return same(record::content_type_from(text));
  }
  if (schema == capnp::Schema::from<wire::Locale>()) return same(record::locale_from(text));
  if (schema == capnp::Schema::from<wire::Status>()) return same(record::status_from(text));
  return false;
}

// Returns: the bytes of the longest text.
size_t read_enumeration(const capnp::EnumSchema& schema) {
  size_t longest = 0;
  for (const auto enumerant : schema.getEnumerants()) {
    if (enumerant.getOrdinal() == 0) continue;  // unset, never valid
    const auto annotated = find_annotation(enumerant.getProto(), record::kTextAnnotation);
    const std::string text =
        to_string(annotated ? annotated->getText() : enumerant.getProto().getName());
    if (!names_enumerant(schema, text, enumerant.getOrdinal())) {
      refuse(
          schema.getShortDisplayName().cStr(),
          fmt::format("enumerant {} is `{}` in record.capnp only", enumerant.getOrdinal(), text));
    }
    longest = std::max(longest, text.size());
  }
  return longest;
}

template <typename Record>
void compare_with_accessors(DeclaredTable& table) {
  const auto accessors = record::fields<Record>();
  if (accessors.size() != table.fields.size()) {
    refuse(table.name, fmt::format("{} fields in record.capnp, {} in fields.h", table.fields.size(),
                                   accessors.size()));
  }
  for (size_t i = 0; i < accessors.size(); ++i) {
    DeclaredField& declared = table.fields[i];
    const auto& accessor = accessors[i];
    if (accessor.name != declared.name) {
      refuse(table.name, fmt::format("field {} is `{}` in record.capnp, `{}` in fields.h", i,
                                     declared.name, accessor.name));
    }
    // A row names the event that holds a long text: a Text on the wire, kKeptText in a record.
    if (accessor.kind == record::FieldKind::kKeptText &&
        declared.kind == record::FieldKind::kText) {
      declared.kind = record::FieldKind::kKeptText;
    }
    if (accessor.kind != declared.kind || accessor.optional != declared.optional) {
      refuse(table.name,
             fmt::format("field `{}` has kind {}{} in record.capnp, kind {}{} in fields.h",
                         declared.name, static_cast<int>(declared.kind),
                         declared.optional ? " optional" : "", static_cast<int>(accessor.kind),
                         accessor.optional ? " optional" : ""));
    }
  }
}

}  // namespace

}  // namespace ledger::index
