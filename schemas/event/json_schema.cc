// JSON Schema of a line, by reflection over event.capnp: names, optionality and byte limits are its
// annotations'; which numbers are times or amounts is what the limits judge.
#include <map>
#include <vector>

#include <capnp/schema.h>
#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/event/json.h"
#include "schemas/event/limit_fields.h"
#include "schemas/event/members.h"
#include "schemas/record/annotations.h"
#include "schemas/wire/event.capnp.h"

namespace ledger::event {

namespace {

using record::find_annotation;
using record::kMaxBytesAnnotation;
using record::kNameAnnotation;
using record::kOptionalAnnotation;
using record::kTextAnnotation;

template <typename Node>
std::string name_of(Node node, uint64_t name_annotation) {
  const auto name = find_annotation(node, name_annotation);
  return name ? name->getText().cStr() : node.getName().cStr();
}

// The kind of each number and the limit of each text by dotted path, asked of the limits by events
// that have every member.
class Judged {
 public:
  Judged() {
    add_all(std::make_index_sequence<std::variant_size_v<Payload>>());
    Event imported;
    imported.payload = RecordImported{filled<record::UserContentAudio>()};
    add(imported);
  }
  NumberKind kind(const std::string& path) const { return kinds_.at(path); }
  size_t bytes_min(const std::string& path) const { return bytes_min_.at(path); }

 private:
  struct Fill {
    template <typename T>
    void operator()(std::string_view, std::optional<T>& value) {
      value.emplace();
      if constexpr (requires { members(*value, *this); }) members(*value, *this);
    }
    template <typename T>
    void operator()(std::string_view, T&) {}
  };
  template <typename T>
  static T filled() {
    T value{};
    if constexpr (std::is_same_v<T, RecordImported>) {
      value.row = filled<ImportedContentAudio>();
    } else {
      Fill fill;
      members(value, fill);
    }
    return value;
  }
  template <size_t... I>
  void add_all(std::index_sequence<I...>) {
    (add_payload<std::variant_alternative_t<I, Payload>>(), ...);
  }
  template <typename T>
  void add_payload() {
    Event event;
    event.correlation_id.emplace();
    event.causation_id.emplace();
    event.payload = filled<T>();
    add(event);
  }
  void add(const Event& event) {
    Fields fields;
    collect(event, fields);
    for (const NumberField& number : fields.number_list()) {
      kinds_[std::string(number.name)] = number.kind;
    }
    for (size_t slot = 0; slot < kTextSlots; ++slot) {
      bytes_min_[std::string(fields.texts[slot].name)] = kTextLimits[slot].bytes_min;
    }
  }

  std::map<std::string, NumberKind> kinds_;
  std::map<std::string, size_t> bytes_min_;
};

class SchemaWriter {
 public:
  explicit SchemaWriter(JsonWriter& out) : out_(out) {}
  void line(capnp::StructSchema event);

 private:
  void property(capnp::StructSchema::Field field, const std::string& parent);
  void object(capnp::StructSchema schema, const std::string& path);
  void required(const std::vector<std::string>& names);
  void choice(const std::vector<std::string>& names);
  void text(capnp::StructSchema::Field field, const std::string& path);
  void number(NumberKind kind);
  void enumeration(capnp::EnumSchema schema);
  void uuid();
  void error_message_rule();
  void member(std::string_view name, std::string_view text) {
    out_.key(name);
    out_.text(text);
  }

  JsonWriter& out_;
  Judged judged_;
};

void SchemaWriter::line(capnp::StructSchema event) {
  out_.begin_object();
  member("$schema", "https://json-schema.org/draft/2020-12/schema");
  member("title", "One event of the audio ledger, one line of ledger-emit send");
  member("description",
         "eventId and occurredAt are both given or both filled in; actor and source may come from "
         "the caller. Text limits are bytes of UTF-8; maxLength counts characters and is never "
         "stricter. EVENT_FORMAT.md is normative.");
  member("type", "object");
  out_.key("properties");
  out_.begin_object();
  std::vector<std::string> payloads;
  for (const auto field : event.getFields()) {
    if (!field.getProto().isGroup()) {
      property(field, "");
      continue;
    }
    for (const auto payload : field.getType().asStruct().getUnionFields()) {
      const std::string name = name_of(payload.getProto(), kNameAnnotation);
      if (name == "unset" || name == "ledgerOpened") continue;  // init alone writes the latter
      payloads.push_back(name);
      property(payload, "");
    }
  }
  out_.end_object();
  choice(payloads);
  out_.key("dependentRequired");
  out_.raw(R"({"eventId":["occurredAt"],"occurredAt":["eventId"]})");
  out_.key("additionalProperties");
  out_.boolean(false);
  out_.end_object();
}

void SchemaWriter::property(capnp::StructSchema::Field field, const std::string& parent) {
  const std::string name = name_of(field.getProto(), kNameAnnotation);
  const std::string path = parent.empty() ? name : parent + "." + name;
  out_.key(name);
  if (field.getProto().isGroup()) return number(judged_.kind(path));  // none/some
  const capnp::Type type = field.getType();
  switch (type.which()) {
    case capnp::schema::Type::TEXT:
      return text(field, path);
    case capnp::schema::Type::DATA:
      return uuid();
    case capnp::schema::Type::FLOAT64:
      return number(judged_.kind(path));
    case capnp::schema::Type::ENUM:
      return enumeration(type.asEnum());
    case capnp::schema::Type::STRUCT:
      return object(type.asStruct(), path);
    default:
      throw Error(Fault::kBug, "no JSON Schema for the type of " + path);
  }
}

void SchemaWriter::object(capnp::StructSchema schema, const std::string& path) {
  std::vector<std::string> needed;
  std::vector<std::string> choices;
  out_.begin_object();
  member("type", "object");
  out_.key("properties");
  out_.begin_object();
  for (const auto field : schema.getFields()) {
    const std::string name = name_of(field.getProto(), kNameAnnotation);
    const bool in_union =
        field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
    if (in_union && name == "unset") continue;
    property(field, path);
    if (in_union) {
      choices.push_back(name);
    } else if (!field.getProto().isGroup() &&
               !find_annotation(field.getProto(), kOptionalAnnotation)) {
      needed.push_back(name);
    }
  }
  out_.end_object();
  if (!needed.empty()) required(needed);
  if (!choices.empty()) choice(choices);
  if (path == "statusChanged") error_message_rule();
  out_.key("additionalProperties");
  out_.boolean(false);
  out_.end_object();
}

void SchemaWriter::required(const std::vector<std::string>& names) {
  out_.key("required");
  out_.begin_array();
  for (const std::string& name : names) out_.text(name);
  out_.end_array();
}

// Exactly one of the members.
void SchemaWriter::choice(const std::vector<std::string>& names) {
  out_.key("oneOf");
  out_.begin_array();
  for (const std::string& name : names) {
    out_.begin_object();
    required({name});
    out_.end_object();
  }
  out_.end_array();
}

void SchemaWriter::text(capnp::StructSchema::Field field, const std::string& path) {
  const auto bytes_max = find_annotation(field.getProto(), kMaxBytesAnnotation);
  if (!bytes_max) throw Error(Fault::kBug, "no $maxBytes on " + path + " in event.capnp");
  out_.begin_object();
  member("type", "string");
  out_.key("minLength");
  out_.integer(static_cast<int64_t>(judged_.bytes_min(path)));
  out_.key("maxLength");
  out_.integer(bytes_max->getUint32());
  out_.end_object();
}

void SchemaWriter::number(NumberKind kind) {
  out_.begin_object();
  member("type", "number");
  if (kind == NumberKind::kTime) {
    member("description", "milliseconds since the Unix epoch");
    out_.key("exclusiveMinimum");
    out_.integer(0);
    out_.key("exclusiveMaximum");
    out_.integer(int64_t{1} << 53);
  } else if (kind == NumberKind::kAmount) {
    out_.key("minimum");
    out_.integer(0);
  }
  out_.end_object();
}

void SchemaWriter::enumeration(capnp::EnumSchema schema) {
  out_.begin_object();
  out_.key("enum");
  out_.begin_array();
  for (const auto enumerant : schema.getEnumerants()) {
    const std::string text = name_of(enumerant.getProto(), kTextAnnotation);
    if (text != "unset") out_.text(text);
  }
  out_.end_array();
  out_.end_object();
}

void SchemaWriter::uuid() {
  out_.begin_object();
  member("type", "string");
  member("format", "uuid");
  member("pattern", "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$");
  out_.end_object();
}

// errorMessage if and only if status is failed.
void SchemaWriter::error_message_rule() {
  out_.key("if");
  out_.raw(R"({"properties":{"status":{"const":"failed"}}})");
  out_.key("then");
  out_.raw(R"({"required":["errorMessage"]})");
  out_.key("else");
  out_.raw(R"({"not":{"required":["errorMessage"]}})");
}

}  // namespace

std::string json_schema() {
  std::string out;
  JsonWriter writer(out);
  SchemaWriter(writer).line(capnp::Schema::from<wire::Event>());
  return out;
}

}  // namespace ledger::event
