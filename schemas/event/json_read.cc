#include "schemas/event/json_read.h"

#include <fmt/format.h>

#include "schemas/event/limits.h"

namespace ledger::event {

namespace {

using ondemand::json_type;

constexpr size_t kShownNameBytesMax = 128;

std::string_view type_name(json_type type) {
  switch (type) {
    case json_type::array:
      return "an array";
    case json_type::object:
      return "an object";
    case json_type::number:
      return "a number";
    case json_type::string:
      return "text";
    case json_type::boolean:
      return "a boolean";
    case json_type::null:
      return "null";
  }
  return "something else";
}

}  // namespace

bool JsonRead::syntax(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return fail("is not valid UTF-8");
    case simdjson::STRING_ERROR:
      return fail("holds text with an invalid escape or a lone surrogate");
    case simdjson::UNESCAPED_CHARS:
      return fail("holds text with a control character that is not escaped");
    case simdjson::UNCLOSED_STRING:
      return fail("holds text without its closing quote");
    default:
      return fail("is not valid JSON");
  }
}

bool JsonRead::expect(JsonValue& in, json_type wanted, std::string_view wanted_name) {
  json_type type{};
  if (const auto code = in.type().get(type)) return syntax(code);
  if (type == wanted) return true;
  if (type == json_type::null) {
    return fail(fmt::format("is null, must be {}; leave out a member that is absent", wanted_name));
  }
  return fail(fmt::format("is {}, must be {}", type_name(type), wanted_name));
}

bool JsonRead::read(JsonValue& in, std::string_view& out) {
  if (!expect(in, json_type::string, "text")) return false;
  if (const auto code = in.get_string().get(out)) return syntax(code);
  return true;
}

bool JsonRead::read(JsonValue& in, std::string& out) {
  std::string_view text;
  if (!read(in, text)) return false;
  out = text;
  return true;
}

bool JsonRead::read(JsonValue& in, double& out) {
  if (!expect(in, json_type::number, "a number")) return false;
  if (in.get_double().get(out) != simdjson::SUCCESS || !std::isfinite(out)) {
    return fail("is not a JSON number that a Float64 can hold");
  }
  if (out == 0 && std::signbit(out)) return fail("is -0; write 0");
  return true;
}

bool JsonRead::read(JsonValue& in, uint32_t& out) {
  double number = 0;
  if (!read(in, number)) return false;
  constexpr double kMax = 4294967295.0;
  if (!(number >= 0 && number <= kMax) || number != std::floor(number)) {
    return fail("must be a whole number from 0 to 2^32 - 1");
  }
  out = static_cast<uint32_t>(number);
  return true;
}

bool JsonRead::read(JsonValue& in, bool& out) {
  if (!expect(in, json_type::boolean, "true or false")) return false;
  if (const auto code = in.get_bool().get(out)) return syntax(code);
  return true;
}

bool JsonRead::read(JsonValue& in, Uuid& out) {
  std::string_view text;
  if (!read(in, text)) return false;
  return parse_uuid(text, out) || fail("must be a UUID: 8-4-4-4-12 hex digits");
}

bool JsonRead::read(JsonValue& in, ActorKind& out) {
  return read_enum(in, &actor_kind_from, ActorKind::kSystem, out);
}
bool JsonRead::read(JsonValue& in, record::ContentType& out) {
  return read_enum(in, &record::content_type_from, record::ContentType::kSubject, out);
}
bool JsonRead::read(JsonValue& in, record::Locale& out) {
  return read_enum(in, &record::locale_from, record::Locale::kId, out);
}
bool JsonRead::read(JsonValue& in, record::Status& out) {
  return read_enum(in, &record::status_from, record::Status::kFailed, out);
}

template <typename Enumeration>
bool JsonRead::read_enum(JsonValue& in, std::optional<Enumeration> (*from)(std::string_view),
                         Enumeration last, Enumeration& out) {
  std::string_view text;
  if (!read(in, text)) return false;
  if (const std::optional<Enumeration> value = from(text)) {
    out = *value;
    return true;
  }
  std::string choices;
  for (uint16_t i = 1; i <= static_cast<uint16_t>(last); ++i) {
    choices.append(i == 1 ? "" : ", ").append(to_text(static_cast<Enumeration>(i)));
  }
  return fail(fmt::format("must be one of {}", choices));
}

bool JsonRead::read(JsonValue& in, RecordImported& out) {
  bool given = false;
  const auto member = [&](std::string_view name, JsonValue& value) {
    const std::optional<record::Table> table = record::table_from(name);
    if (!table) return fail_at(name, "is not a table of the ledger");
    if (given) return fail_at(name, "is a second row; an event has one");
    given = true;
    return within(name, [&] {
      return *table == record::Table::kContentAudios
                 ? read(value, out.row.emplace<ImportedContentAudio>())
                 : read(value, out.row.emplace<record::UserContentAudio>());
    });
  };
  if (!object(in, member)) return false;
  return given || fail("must hold a row of contentAudios or of userContentAudios");
}

std::string JsonRead::path() const {
  std::string path;
  for (size_t i = 0; i < depth_; ++i) {
    if (i > 0) path.push_back('.');
    std::string_view name = path_[i];
    if (name.size() > kShownNameBytesMax) {  // somebody else's name: cut between characters
      size_t end = kShownNameBytesMax;
      while (end > 0 && (static_cast<uint8_t>(name[end]) & 0xC0) == 0x80) --end;
      name = name.substr(0, end);
    }
    path.append(name);
  }
  return path;
}

}  // namespace ledger::event
