#include "tests/property/model/ask_events.h"

#include <algorithm>
#include <set>

namespace ledger::model {

namespace {

// The event's own bytes say nothing to a reader: it has neither time nor actor nor ids.
bool is_unreadable(const Message& message) {
  static const std::set<std::string> by_bytes = {"undecodable", "unknown_payload", "unset",
                                                 "limit"};
  const auto verdict = quarantine(message, 0, message.partition, 1);
  return verdict && by_bytes.count(verdict->codes[0]) > 0;
}

bool is_of_list(const Verdict& verdict, List list) {
  if (list == List::kEvents) return true;
  return outcome_of(verdict) == (list == List::kAnomalies ? "anomaly" : "quarantined");
}

bool in_window(double time, const EventTests& tests) {
  return (!tests.since || time >= *tests.since) && (!tests.until || time < *tests.until);
}

bool fact_passes(const Fact& fact, const EventTests& tests) {
  if (tests.list == List::kEvents && !in_window(fact.occurred_at, tests)) return false;
  if (tests.actor_kind && fact.actor_kind != *tests.actor_kind) return false;
  if (tests.actor_id && fact.actor_id != *tests.actor_id) return false;
  return std::all_of(tests.members.begin(), tests.members.end(), [&fact](const auto& member) {
    return member.first == "outcome" || member_of(fact, member.first) == member.second;
  });
}

bool asks_the_fact(const EventTests& tests) {
  const bool timed = tests.list == List::kEvents && (tests.since || tests.until);
  const bool named = std::any_of(tests.members.begin(), tests.members.end(),
                                 [](const auto& member) { return member.first != "outcome"; });
  return timed || named || tests.actor_kind || tests.actor_id;
}

bool passes(const Message& message, const Step& step, const EventTests& tests) {
  const Verdict& verdict = step.verdict;
  if (!is_of_list(verdict, tests.list)) return false;
  if (tests.code &&
      std::find(verdict.codes.begin(), verdict.codes.end(), *tests.code) == verdict.codes.end()) {
    return false;
  }
  if (tests.list != List::kEvents && !in_window(static_cast<double>(step.log_time), tests)) {
    return false;
  }
  for (const auto& [name, text] : tests.members) {
    if (name == "outcome" && outcome_of(verdict) != text) return false;
  }
  if (!asks_the_fact(tests)) return true;
  return !is_unreadable(message) && fact_passes(*message.fact, tests);
}

}  // namespace

std::string outcome_of(const Verdict& verdict) {
  if (verdict.disposition == "duplicate" || verdict.disposition == "quarantined") {
    return verdict.disposition;
  }
  return verdict.codes.empty() ? "applied" : "anomaly";
}

std::optional<std::string> member_of(const Fact& fact, const std::string& name) {
  if (name == "payload") return fact.kind;
  if (name == "source") return fact.source;
  if (name == "correlationId") return fact.correlation_id;
  if (name == "causationId") return fact.causation_id;
  const bool audio = fact.kind == "recordImported" && fact.table == kAudios;
  const Value& value = field(fact.fields, audio && name == "contentAudioId" ? "_id" : name);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return std::nullopt;
}

std::vector<Listed> list_events(const Ledger& ledger, const std::vector<Log>& logs,
                                const EventTests& tests, bool reverse) {
  std::vector<std::pair<int64_t, Listed>> found;
  for (size_t p = 0; p < ledger.size(); ++p) {
    const auto& steps = ledger[p]->steps();
    for (size_t offset = 0; offset < steps.size(); ++offset) {
      if (!passes(logs[p].at(offset), steps[offset], tests)) continue;
      found.push_back(
          {steps[offset].log_time, {static_cast<int32_t>(p), static_cast<int64_t>(offset)}});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (reverse) std::reverse(found.begin(), found.end());
  std::vector<Listed> listed;
  for (const auto& [log_time, each] : found) listed.push_back(each);
  return listed;
}

std::vector<Listed> events_with_id(const Ledger& ledger, const std::string& event_id) {
  std::vector<Listed> found;
  for (size_t p = 0; p < ledger.size(); ++p) {
    const auto taken = ledger[p]->taken().find(event_id);
    if (taken != ledger[p]->taken().end()) {
      found.push_back({static_cast<int32_t>(p), taken->second});
    }
  }
  return found;
}

}  // namespace ledger::model
