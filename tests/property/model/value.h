// Rows and events of the model as plain maps from Convex field names to values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger::model {

// Convex's order: absent < number < text; the alternatives stand in that order, so that < of two
// values is the order of the contract.
using Value = std::variant<std::monostate, double, std::string>;

// An absent field has no entry. voiceSettings is "voiceSettings": "given" and its numbers as
// "voiceSettings.stability" and so on; enumerations are their text.
using Row = std::map<std::string, Value, std::less<>>;

inline const Value& field(const Row& row, std::string_view name) {
  static const Value absent;
  const auto found = row.find(name);
  return found == row.end() ? absent : found->second;
}
inline double number(const Row& row, std::string_view name) {
  return std::get<double>(field(row, name));
}
inline const std::string& text(const Row& row, std::string_view name) {
  return std::get<std::string>(field(row, name));
}

inline constexpr std::string_view kAudios = "contentAudios";
inline constexpr std::string_view kListenings = "userContentAudios";

// What a well-formed event says. `kind` is the payload's name; `fields` its members as in Row
// ("audio.audioStorageId" for the nested ones), of recordImported the row's, whose table is
// `table`.
struct Fact {
  std::string event_id;  // 16 bytes
  double occurred_at = 0;
  std::string actor_kind = "service";
  std::string actor_id = "tts-1";
  std::string source = "model/1";
  std::optional<std::string> correlation_id;
  std::optional<std::string> causation_id;
  std::string kind;
  std::string table;
  Row fields;
};

// A message as it lies on the topic. Without a fact it is one that no reader makes sense of, for
// the reason `broken` (a code) and `broken_field`.
struct Message {
  int32_t partition = 0;
  int64_t timestamp = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::optional<Fact> fact;
  std::string broken;
  std::string broken_field;
};
using Log = std::vector<Message>;  // of one partition, its genesis first

}  // namespace ledger::model
