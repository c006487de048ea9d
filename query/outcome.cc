#include "query/outcome.h"

namespace ledger::query {

store::Outcome outcome_of(const store::ShardReader& shard, Offset offset,
                          const event::Decoded& decoded) {
  const auto stored = shard.get(store::View::kOutcomes, store::offset_key(offset));
  if (stored) return store::decode_outcome(*stored);
  store::Outcome outcome;
  const auto* event = std::get_if<event::Event>(&decoded);
  if (event == nullptr) return outcome;
  const std::string_view id(reinterpret_cast<const char*>(event->event_id.data()),
                            event->event_id.size());
  const auto taken = shard.get(store::View::kEventIds, id);
  if (taken && store::decode_offset(*taken) < offset) {
    outcome.disposition = store::Disposition::kDuplicate;
  }
  return outcome;
}

std::string_view outcome_text(const store::KeptEvent& kept, const store::Outcome& outcome) {
  if (kept.gap_until) return "gap";
  switch (outcome.disposition) {
    case store::Disposition::kDuplicate:
      return "duplicate";
    case store::Disposition::kQuarantined:
      return "quarantined";
    case store::Disposition::kNotApplied:
      return "anomaly";
    case store::Disposition::kApplied:
      break;
  }
  return outcome.codes.empty() ? "applied" : "anomaly";
}

bool is_applied(const store::KeptEvent& kept, const store::Outcome& outcome) {
  return !kept.gap_until && outcome.disposition == store::Disposition::kApplied;
}

}  // namespace ledger::query
