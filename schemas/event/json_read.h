// Members of a JSON object -> the members of a struct, over simdjson. Internal to schemas/event.
#pragma once

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "schemas/event/json.h"
#include "schemas/event/members.h"

namespace ledger::event {

namespace ondemand = simdjson::ondemand;
using JsonValue = ondemand::value;

// Reads values into members and keeps the first thing that is wrong, with its path.
// Shape: every function returns false when it found something wrong; then the line is given up.
class JsonRead {
 public:
  std::optional<LineError> error;

  void restart() {
    error.reset();
    depth_ = 0;
  }

  bool fail(std::string reason) {
    if (!error) error = LineError{path(), std::move(reason)};
    return false;
  }
  bool fail_at(std::string_view name, std::string reason) {
    return within(name, [&] { return fail(std::move(reason)); });
  }
  bool syntax(simdjson::error_code code);

  // Runs `step` with `name` added to the path.
  template <typename Step>
  bool within(std::string_view name, Step&& step) {
    path_.at(depth_++) = name;
    const bool good = step();
    --depth_;
    return good;
  }

  bool read(JsonValue& in, std::string_view& out);
  bool read(JsonValue& in, std::string& out);
  bool read(JsonValue& in, double& out);
  bool read(JsonValue& in, uint32_t& out);
  bool read(JsonValue& in, bool& out);
  bool read(JsonValue& in, Uuid& out);
  bool read(JsonValue& in, ActorKind& out);
  bool read(JsonValue& in, record::ContentType& out);
  bool read(JsonValue& in, record::Locale& out);
  bool read(JsonValue& in, record::Status& out);
  bool read(JsonValue& in, RecordImported& out);
  template <typename T>
  bool read(JsonValue& in, std::optional<T>& out) {
    return read(in, out.emplace());
  }
  // Any struct that members() knows: an object with each required member, none twice, no other.
  template <typename T>
  bool read(JsonValue& in, T& out);

  // Calls visit(name, value) for each member of the object, until it returns false.
  template <typename Visit>
  bool object(JsonValue& in, Visit&& visit);

 private:
  template <typename Enumeration>
  bool read_enum(JsonValue& in, std::optional<Enumeration> (*from)(std::string_view),
                 Enumeration last, Enumeration& out);
  bool expect(JsonValue& in, ondemand::json_type type, std::string_view wanted);
  std::string path() const;

  std::array<std::string_view, 8> path_;
  size_t depth_ = 0;
};

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename Visit>
bool JsonRead::object(JsonValue& in, Visit&& visit) {
  if (!expect(in, ondemand::json_type::object, "an object")) return false;
  ondemand::object object;
  if (const auto code = in.get_object().get(object)) return syntax(code);
  for (auto member : object) {
    ondemand::field field;
    if (const auto code = std::move(member).get(field)) return syntax(code);
    std::string_view name;
    if (const auto code = field.unescaped_key().get(name)) return syntax(code);
    if (!visit(name, field.value())) return false;
  }
  return true;
}

template <typename T>
bool JsonRead::read(JsonValue& in, T& out) {
  uint32_t seen = 0;
  const auto member = [&](std::string_view name, JsonValue& value) {
    uint32_t bit = 1;
    bool known = false;
    bool good = true;
    members(out, [&](std::string_view candidate, auto& field) {
      if (candidate == name) {
        known = true;
        good = within(name, [&] {
          if ((seen & bit) != 0) return fail("is given twice");
          seen |= bit;
          return read(value, field);
        });
      }
      bit <<= 1;
    });
    return known ? good : fail_at(name, "is not a member of the event format");
  };
  if (!object(in, member)) return false;
  uint32_t bit = 1;
  bool good = true;
  members(out, [&](std::string_view name, auto& field) {
    const bool optional = IsOptional<std::decay_t<decltype(field)>>::value;
    if (good && !optional && (seen & bit) == 0) good = fail_at(name, "is missing");
    bit <<= 1;
  });
  return good;
}

}  // namespace ledger::event
