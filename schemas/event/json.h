// Event <-> one line of JSON. Source: contract, section 4.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "schemas/base/json_text.h"
#include "schemas/event/event.h"

namespace ledger::event {

inline constexpr size_t kLineBytesMax = 4 * 1024 * 1024;

// Values for members that a line leaves out.
struct LineDefaults {
  std::optional<std::string> source;
  std::optional<ActorKind> actor_kind;
  std::optional<std::string> actor_id;
  bool allow_genesis = false;  // ledgerOpened is not for `send`
};

// What is wrong with a line: `field` is the dotted path of the member, empty when the line is no
// JSON object; `reason` is a sentence for people.
struct LineError {
  std::string field;
  std::string reason;
};

// Parses lines one after another over reused buffers.
// Lifetime: a parsed Event's text lives until the next parse() or the end of the parser.
class LineParser {
 public:
  explicit LineParser(LineDefaults defaults);
  ~LineParser();
  LineParser(LineParser&&) noexcept;

  // Returns: an event that keeps every limit, with eventId (UUID v7) and occurredAt filled in from
  // `now_ms` when the line has neither.
  std::variant<Event, LineError> parse(std::string_view line, double now_ms);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The JSON form with every member, the envelope first, then the payload as a member named after it.
void write_json(const Event& event, JsonWriter& out);
void write_json(const record::VoiceSettings& settings, JsonWriter& out);

// Members of one payload whose text looks like an API key; `validate` warns about it. Returns: ""
// if none does.
std::string_view secret_like_member(const Event& event);

// JSON Schema (draft 2020-12) of one line, derived from event.capnp and its annotations.
std::string json_schema();

}  // namespace ledger::event
