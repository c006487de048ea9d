// One line of JSON -> Event.
#include <cstring>
#include <utility>
#include <vector>

#include "schemas/base/assert.h"
#include "schemas/event/json.h"
#include "schemas/event/json_read.h"
#include "schemas/event/limits.h"

namespace ledger::event {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

template <size_t I = 0>
bool emplace_payload(std::string_view name, Payload& out) {
  if constexpr (I < std::variant_size_v<Payload>) {
    if (payload_name(I) != name) return emplace_payload<I + 1>(name, out);
    out.emplace<I>();
    return true;
  }
  return false;
}

}  // namespace

struct LineParser::Impl {
  explicit Impl(LineDefaults given) : defaults(std::move(given)) {}

  bool parse(std::string_view line, Event& event);
  bool member(std::string_view name, JsonValue& value, Event& event);
  bool envelope(std::string_view name, JsonValue& value, Event& event, bool& known);
  bool payload(std::string_view name, JsonValue& value, Event& event);
  bool complete(Event& event, double now_ms);
  bool once(bool& seen);

  struct Seen {
    bool event_id, occurred_at, actor, source, correlation_id, causation_id, payload;
  };

  LineDefaults defaults;
  ondemand::parser parser;
  std::vector<char> padded;
  JsonRead in;
  Seen seen{};
};

LineParser::LineParser(LineDefaults defaults)
    : impl_(std::make_unique<Impl>(std::move(defaults))) {}
LineParser::~LineParser() = default;
LineParser::LineParser(LineParser&&) noexcept = default;

std::variant<Event, LineError> LineParser::parse(std::string_view line, double now_ms) {
  if (line.size() > kLineBytesMax) return LineError{"", "is over 4 MiB"};
  if (line.find_first_not_of(kBlanks) == std::string_view::npos) return LineError{"", "is blank"};
  impl_->in.restart();
  impl_->seen = {};
  std::variant<Event, LineError> result{std::in_place_type<Event>};
  Event& event = std::get<Event>(result);
  if (!impl_->parse(line, event) || !impl_->complete(event, now_ms)) {
    LEDGER_ASSERT(impl_->in.error.has_value(), "a line of {} bytes", line.size());
    return std::move(*impl_->in.error);
  }
  if (const std::optional<Rejection> violation = check_limits(event)) {
    return LineError{std::string(violation->field), std::string(violation->reason)};
  }
  return result;
}

bool LineParser::Impl::parse(std::string_view line, Event& event) {
  if (padded.size() < line.size() + simdjson::SIMDJSON_PADDING) {
    padded.resize(line.size() + simdjson::SIMDJSON_PADDING);
  }
  std::memcpy(padded.data(), line.data(), line.size());
  std::memset(padded.data() + line.size(), 0, simdjson::SIMDJSON_PADDING);
  ondemand::document document;
  if (const auto code = parser.iterate(padded.data(), line.size(), padded.size()).get(document)) {
    return in.syntax(code);
  }
  ondemand::value root;
  if (document.get_value().get(root) != simdjson::SUCCESS) return in.fail("is not a JSON object");
  const auto visit = [&](std::string_view name, JsonValue& value) {
    return member(name, value, event);
  };
  if (!in.object(root, visit)) return false;
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return in.fail("goes on after the object; one event a line");
  }
  return true;
}

bool LineParser::Impl::member(std::string_view name, JsonValue& value, Event& event) {
  return in.within(name, [&] {
    bool known = true;
    if (!envelope(name, value, event, known)) return false;
    return known || payload(name, value, event);
  });
}

bool LineParser::Impl::envelope(std::string_view name, JsonValue& value, Event& event,
                                bool& known) {
  if (name == "eventId") return once(seen.event_id) && in.read(value, event.event_id);
  if (name == "occurredAt") return once(seen.occurred_at) && in.read(value, event.occurred_at);
  if (name == "actor") return once(seen.actor) && in.read(value, event.actor);
  if (name == "source") return once(seen.source) && in.read(value, event.source);
  if (name == "correlationId") {
    return once(seen.correlation_id) && in.read(value, event.correlation_id);
  }
  if (name == "causationId") return once(seen.causation_id) && in.read(value, event.causation_id);
  known = false;
  return true;
}

bool LineParser::Impl::once(bool& member_seen) {
  if (std::exchange(member_seen, true)) return in.fail("is given twice");
  return true;
}

bool LineParser::Impl::payload(std::string_view name, JsonValue& value, Event& event) {
  if (seen.payload && payload_name(event.payload) == name) return in.fail("is given twice");
  if (!emplace_payload(name, event.payload)) {
    return in.fail("is not a member of the event format");
  }
  if (seen.payload) return in.fail("is a second payload; an event has one");
  if (std::holds_alternative<LedgerOpened>(event.payload) && !defaults.allow_genesis) {
    return in.fail("is written by `ledger-emit init` alone");
  }
  seen.payload = true;
  return std::visit([&](auto& payload) { return in.read(value, payload); }, event.payload);
}

// Fills in what the line may leave out, and names what it may not.
bool LineParser::Impl::complete(Event& event, double now_ms) {
  if (seen.event_id != seen.occurred_at) {
    return in.fail_at(seen.event_id ? "occurredAt" : "eventId",
                      "is missing; eventId and occurredAt come together: give both or neither");
  }
  if (!seen.actor) {
    if (!defaults.actor_kind || !defaults.actor_id) return in.fail_at("actor", "is missing");
    event.actor = {*defaults.actor_kind, *defaults.actor_id};
  }
  if (!seen.source) {
    if (!defaults.source) return in.fail_at("source", "is missing");
    event.source = *defaults.source;
  }
  if (!seen.payload) return in.fail("has no payload");
  if (!seen.event_id) {
    event.occurred_at = std::floor(now_ms);
    event.event_id = make_uuid_v7(static_cast<int64_t>(event.occurred_at));
  }
  return true;
}

}  // namespace ledger::event
