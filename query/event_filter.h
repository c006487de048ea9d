// Which events a list shows.
#pragma once

#include "query/events.h"

namespace ledger::query {

// The names that EventFilter::members may have.
std::vector<std::string> event_member_names();

// Throws: Error{kUsage} on a member that no event has, or a payload kind or outcome that is none.
void check_filter(const EventFilter& filter);

// What the filter asks of the event itself. `by_log_time`: since and until were answered by the log
// already.
bool matches(const EventFilter& filter, const event::Decoded& decoded, bool by_log_time);
// What it asks of the outcome, which takes look-ups to know.
bool matches(const EventFilter& filter, const store::KeptEvent& kept,
             const store::Outcome& outcome);

// The filter as bytes, for the fingerprint of a cursor.
std::string canonical_text(const EventFilter& filter);

}  // namespace ledger::query
