// What became of an event, from the views of its shard.
#pragma once

#include "schemas/event/codec.h"
#include "schemas/store/outcome.h"
#include "schemas/store/reader.h"

namespace ledger::query {

// An entry of `outcomes` if there is one; else duplicate if an earlier event took the eventId; else
// applied.
// Precondition: the event at `offset` is folded.
store::Outcome outcome_of(const store::ShardReader& shard, Offset offset,
                          const event::Decoded& decoded);

// `applied`, `duplicate`, `anomaly` or `quarantined`. Lifetime: static.
std::string_view outcome_text(const store::Outcome& outcome);
bool is_applied(const store::Outcome& outcome);

}  // namespace ledger::query
