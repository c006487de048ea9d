#include "query/event_filter.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "query/outcome.h"
#include "schemas/base/error.h"
#include "schemas/options/sources.h"

namespace ledger::query {

namespace {

constexpr std::array kPayloads = {"audioCreated",   "statusChanged",  "contentChanged",
                                  "audioDeleted",   "accessRecorded", "playRecorded",
                                  "recordImported", "ledgerOpened"};

using Text = std::optional<std::string_view>;

// The ids that a payload names, whatever kind it is.
struct Ids {
  Text content_id;
  Text content_audio_id;
  Text user_id;
  Text voice_id;
};

Ids ids_of(const record::ContentAudio& row) { return {row.content_id, row.id, {}, row.voice_id}; }
Ids ids_of(const record::UserContentAudio& row) {
  return {row.content_id, row.content_audio_id, row.user_id, {}};
}
Ids ids_of(const event::ImportedContentAudio& imported) { return ids_of(imported.row); }

struct IdsOf {
  Ids operator()(const event::AudioCreated& e) const {
    return {e.content_id, e.content_audio_id, {}, e.voice_id};
  }
  Ids operator()(const event::StatusChanged& e) const {
    return {e.content_id, e.content_audio_id, {}, {}};
  }
  Ids operator()(const event::ContentChanged& e) const { return {e.content_id, {}, {}, {}}; }
  Ids operator()(const event::AudioDeleted& e) const {
    return {e.content_id, e.content_audio_id, {}, {}};
  }
  Ids operator()(const event::Listened& e) const {
    return {e.content_id, e.content_audio_id, e.user_id, {}};
  }
  Ids operator()(const event::RecordImported& e) const {
    return std::visit([](const auto& row) { return ids_of(row); }, e.row);
  }
  Ids operator()(const event::LedgerOpened&) const { return {}; }
};

// A member of the event as text.
struct Member {
  std::string_view name;
  Text (*get)(const event::Event&);
};

Ids ids(const event::Event& e) { return std::visit(IdsOf(), e.payload); }

constexpr std::array<Member, 8> kMembers = {{
    {"payload", [](const event::Event& e) -> Text { return event::payload_name(e.payload); }},
    {"source", [](const event::Event& e) -> Text { return e.source; }},
    {"correlationId", [](const event::Event& e) -> Text { return e.correlation_id; }},
    {"causationId", [](const event::Event& e) -> Text { return e.causation_id; }},
    {"contentId", [](const event::Event& e) -> Text { return ids(e).content_id; }},
    {"contentAudioId", [](const event::Event& e) -> Text { return ids(e).content_audio_id; }},
    {"userId", [](const event::Event& e) -> Text { return ids(e).user_id; }},
    {"voiceId", [](const event::Event& e) -> Text { return ids(e).voice_id; }},
}};
constexpr std::string_view kOutcome = "outcome";  // not of the event itself

bool member_matches(std::string_view name, std::string_view text, const event::Event* event) {
  if (name == kOutcome) return true;
  const auto* member = std::find_if(kMembers.begin(), kMembers.end(),
                                    [name](const Member& each) { return each.name == name; });
  return event != nullptr && member != kMembers.end() && member->get(*event) == text;
}

template <size_t N>
void check_choice(std::string_view name, std::string_view text,
                  const std::array<const char*, N>& choices) {
  const std::vector<std::string> texts(choices.begin(), choices.end());
  if (std::find(texts.begin(), texts.end(), text) != texts.end()) return;
  throw Error(Fault::kUsage, fmt::format("condition: '{}' is no {}{} (one of {})", text, name,
                                         options::suggestion(text, texts), fmt::join(texts, ", ")));
}

}  // namespace

std::vector<std::string> event_member_names() {
  std::vector<std::string> names = {std::string(kOutcome)};
  for (const Member& each : kMembers) names.emplace_back(each.name);
  return names;
}

void check_filter(const EventFilter& filter) {
  const std::vector<std::string> names = event_member_names();
  for (const auto& [name, text] : filter.members) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(Fault::kUsage,
                  fmt::format("condition: events cannot be asked for '{}'{} (one of "
                              "{})",
                              name, options::suggestion(name, names), fmt::join(names, ", ")));
    }
    if (name == kOutcome) check_choice(name, text, kOutcomeTexts);
    if (name == "payload") check_choice(name, text, kPayloads);
  }
}

bool matches(const EventFilter& filter, const event::Decoded& decoded, bool by_log_time) {
  const auto* event = std::get_if<event::Event>(&decoded);
  const bool timed = !by_log_time && (filter.since_ms || filter.until_ms);
  if (event == nullptr && (timed || filter.actor_kind || filter.actor_id)) return false;
  if (timed && filter.since_ms && event->occurred_at < *filter.since_ms) return false;
  if (timed && filter.until_ms && event->occurred_at >= *filter.until_ms) return false;
  if (filter.actor_kind && event->actor.kind != *filter.actor_kind) return false;
  if (filter.actor_id && event->actor.id != *filter.actor_id) return false;
  return std::all_of(filter.members.begin(), filter.members.end(), [event](const auto& each) {
    return member_matches(each.first, each.second, event);
  });
}

bool matches(const EventFilter& filter, const store::KeptEvent& kept,
             const store::Outcome& outcome) {
  const std::string_view text = outcome_text(kept, outcome);
  return std::all_of(filter.members.begin(), filter.members.end(), [text](const auto& each) {
    return each.first != kOutcome || text == each.second;
  });
}

std::string canonical_text(const EventFilter& filter) {
  std::string out;
  if (filter.since_ms) out += fmt::format("since {}\n", *filter.since_ms);
  if (filter.until_ms) out += fmt::format("until {}\n", *filter.until_ms);
  if (filter.actor_kind) out += fmt::format("kind {}\n", event::to_text(*filter.actor_kind));
  if (filter.actor_id)
    out += fmt::format("actor {}:{}\n", filter.actor_id->size(), *filter.actor_id);
  std::vector<std::string> members;
  for (const auto& [name, text] : filter.members) {
    members.push_back(fmt::format("{} {}:{}\n", name, text.size(), text));
  }
  std::sort(members.begin(), members.end());
  for (const std::string& each : members) out += each;
  return out;
}

}  // namespace ledger::query
