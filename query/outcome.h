// What became of an event, from the views of its shard.
#pragma once

#include <array>

#include "schemas/event/codec.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/outcome.h"
#include "schemas/store/reader.h"

namespace ledger::query {

// An entry of `outcomes` if there is one; else duplicate if an earlier event took the eventId; else
// applied.
// Precondition: the event at `offset` is folded.
store::Outcome outcome_of(const store::ShardReader& shard, Offset offset,
                          const event::Decoded& decoded);

// `applied`, `duplicate`, `anomaly` or `quarantined`; `gap` of an accepted gap, which is no event.
// Lifetime: static.
std::string_view outcome_text(const store::KeptEvent& kept, const store::Outcome& outcome);
bool is_applied(const store::KeptEvent& kept, const store::Outcome& outcome);

// Every text that outcome_text() gives.
inline constexpr std::array kOutcomeTexts = {"applied", "duplicate", "anomaly", "quarantined",
                                             "gap"};

}  // namespace ledger::query
