#include "query/output/event_lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "query/outcome.h"
#include "query/output/format.h"
#include "query/output/row_lines.h"
#include "schemas/base/bytes.h"
#include "schemas/event/json.h"
#include "schemas/event/limits.h"

namespace ledger::query {

enum class EventLines::Member : size_t {
  kOffset,
  kLogTime,
  kOccurredAt,
  kActor,
  kSource,
  kOutcome,
  kApplied,
  kCodes,
  kField,
  kPayload,
  kChanges,
  kEvent,
  kKey,
  kRaw,
};

namespace {

constexpr std::array<std::string_view, 14> kNames = {
    "offset", "logTime", "occurredAt", "actor",   "source", "outcome", "applied",
    "codes",  "field",   "payload",    "changes", "event",  "key",     "raw"};

std::vector<size_t> members_of(EventLines::Kind kind) {
  std::vector<size_t> members;
  for (size_t i = 0; i < kNames.size(); ++i) {
    const std::string_view name = kNames[i];
    const bool history = kind == EventLines::Kind::kHistory;
    if (name == "changes" && !history) continue;
    if (name == "event" && history) continue;
    if ((name == "key" || name == "raw") && history) continue;
    members.push_back(i);
  }
  return members;
}

std::vector<std::string> names_of(const std::vector<size_t>& members) {
  std::vector<std::string> names;
  for (const size_t each : members) names.emplace_back(kNames.at(each));
  return names;
}

const event::Event* decoded_event(const Event& event) {
  return std::get_if<event::Event>(&event.decoded);
}

bool is_quarantined(const Event& event) {
  return event.outcome.disposition == store::Disposition::kQuarantined;
}

template <typename Record>
const Record* image(const std::optional<AnyRecord>& record) {
  return record ? std::get_if<Record>(&*record) : nullptr;
}

std::string plain_of(const Value& value) {
  std::string out;
  append_plain(out, value, true);
  return std::holds_alternative<std::monostate>(value) ? "-" : out;
}

bool same(const Value& a, const Value& b) {
  if (a.index() != b.index()) return false;
  std::string plain_a;
  std::string plain_b;
  append_plain(plain_a, a, false);
  append_plain(plain_b, b, false);
  return plain_a == plain_b;
}

}  // namespace

EventLines::EventLines(Views& views, Kind kind, const std::optional<std::string>& select,
                       bool whole)
    : selection_(names_of(members_of(kind)), select),
      members_(members_of(kind)),
      whole_(whole),
      before_texts_(views),
      after_texts_(views) {}

const Line& EventLines::make(const Event& event) {
  line_.clear();
  for (size_t i = 0; i < columns().size(); ++i) {
    line_.add(i, value_of(static_cast<Member>(members_[selection_.sources()[i]]), event));
  }
  return line_;
}

const Line& EventLines::make(const HistoryLine& line) {
  fill_changes(line);
  return make(line.event);
}

Value EventLines::value_of(Member member, const Event& event) {
  const event::Event* decoded = decoded_event(event);
  switch (member) {
    case Member::kOffset:
      offset_text_ = fmt::format("{}:{}", raw(event.partition), raw(event.kept.offset));
      return std::string_view(offset_text_);
    case Member::kLogTime:
      return Time{static_cast<double>(event.kept.log_time_ms)};
    case Member::kOccurredAt:
      return decoded != nullptr ? Value(Time{decoded->occurred_at}) : Value();
    case Member::kActor:
      return actor(event);
    case Member::kSource:
      return decoded != nullptr ? Value(decoded->source) : Value();
    case Member::kOutcome:
      return outcome_text(event.kept, event.outcome);
    case Member::kApplied:
      return is_applied(event.kept, event.outcome);
    case Member::kCodes:
      return codes(event);
    case Member::kField:
      return event.outcome.field.empty() ? Value() : Value(std::string_view(event.outcome.field));
    case Member::kPayload:
      return decoded != nullptr ? Value(event::payload_name(decoded->payload)) : Value();
    case Member::kChanges:
      return Json{changes_json_, changes_plain_};
    case Member::kEvent:
      return event_json(event);
    case Member::kKey:
      return is_quarantined(event) ? key(event) : Value();
    case Member::kRaw:
      if (decoded != nullptr || !event.kept.value) return {};
      raw_text_ = to_hex(*event.kept.value);
      return std::string_view(raw_text_);
  }
  return {};
}

Value EventLines::actor(const Event& event) {
  const event::Event* decoded = decoded_event(event);
  if (decoded == nullptr) return {};
  actor_json_.clear();
  JsonWriter json(actor_json_);
  json.begin_object();
  json.key("kind");
  json.text(event::to_text(decoded->actor.kind));
  json.key("id");
  json.text(decoded->actor.id);
  json.end_object();
  actor_plain_ = fmt::format("{}:{}", event::to_text(decoded->actor.kind), decoded->actor.id);
  return Json{actor_json_, actor_plain_};
}

Value EventLines::codes(const Event& event) {
  if (event.outcome.codes.empty()) return {};
  codes_json_.clear();
  codes_plain_.clear();
  JsonWriter json(codes_json_);
  json.begin_array();
  for (const store::Code code : event.outcome.codes) {
    json.text(store::to_text(code));
    if (!codes_plain_.empty()) codes_plain_ += ' ';
    codes_plain_ += store::to_text(code);
  }
  json.end_array();
  return Json{codes_json_, codes_plain_};
}

// Tables show the payload alone: it is the last member, and a quote inside a text is escaped, so
// its name is found once.
Value EventLines::event_json(const Event& event) {
  const event::Event* decoded = decoded_event(event);
  if (decoded == nullptr) return {};
  event_json_.clear();
  JsonWriter json(event_json_);
  event::write_json(*decoded, json);
  const std::string name = fmt::format(",\"{}\":", event::payload_name(decoded->payload));
  const size_t found = event_json_.find(name);
  if (whole_ || found == std::string::npos) return Json{event_json_};
  const size_t first = found + name.size();
  return Json{event_json_,
              std::string_view(event_json_).substr(first, event_json_.size() - first - 1)};
}

// As text if it is text, else as hex; absent if the event has none.
Value EventLines::key(const Event& event) {
  if (!event.kept.key) return {};
  if (event::is_legal_text(*event.kept.key)) return *event.kept.key;
  key_text_ = to_hex(*event.kept.key);
  return std::string_view(key_text_);
}

void EventLines::fill_changes(const HistoryLine& line) {
  changes_json_.assign(1, '{');
  changes_plain_.clear();
  const Partition partition = line.event.partition;
  add_changes(partition, image<record::ContentAudio>(line.before),
              image<record::ContentAudio>(line.after));
  add_changes(partition, image<record::UserContentAudio>(line.before),
              image<record::UserContentAudio>(line.after));
  changes_json_ += "}";
  if (line.before && !line.after) changes_plain_ = "deleted";
  if (changes_plain_.empty()) changes_plain_.assign(1, '-');
}

template <typename Record>
void EventLines::add_changes(Partition partition, const Record* before, const Record* after) {
  if (before == nullptr && after == nullptr) return;
  JsonWriter json(changes_json_);
  for (const record::Field<Record>& field : record::fields<Record>()) {
    const auto read = [&](const Record* record, KeptTexts& texts, std::string& settings) {
      return record == nullptr
                 ? Value()
                 : to_value(field.get(*record), partition, field.name, texts, settings);
    };
    const Value old = read(before, before_texts_, before_settings_);
    const Value now = read(after, after_texts_, after_settings_);
    if (same(old, now)) continue;
    if (changes_json_.size() > 1) changes_json_ += ',';
    changes_json_ += fmt::format("\"{}\":", field.name);
    json.restart();
    json.begin_array();
    write_value(json, old);
    write_value(json, now);
    json.end_array();
    if (after == nullptr) continue;
    if (!changes_plain_.empty()) changes_plain_ += ", ";
    changes_plain_ += before == nullptr
                          ? fmt::format("{}: {}", field.name, plain_of(now))
                          : fmt::format("{}: {} -> {}", field.name, plain_of(old), plain_of(now));
  }
}

}  // namespace ledger::query
