// Events as the kept log has them, with what became of each.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "query/request.h"
#include "query/views.h"
#include "schemas/event/codec.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/outcome.h"

namespace ledger::query {

// An event with its outcome. Lifetime: during the call of the sink.
struct Event {
  Partition partition{};
  const store::KeptEvent& kept;
  const store::Outcome& outcome;  // kApplied without codes when there is nothing to say
  const event::Decoded& decoded;
};
using EventSink = std::function<void(const Event&)>;

// What an event must be to be listed; an unset member asks nothing.
struct EventFilter {
  std::optional<double> since_ms;  // occurredAt >= it; of anomalies and quarantine the log time
  std::optional<double> until_ms;  // < it
  std::optional<event::ActorKind> actor_kind;
  std::optional<std::string> actor_id;
  // Members of the event by name and text: payload, outcome, source, contentId, userId, ...
  std::vector<std::pair<std::string, std::string>> members;
};

enum class EventList : uint8_t { kEvents, kAnomalies, kQuarantine };

struct EventsRequest : PageRequest {
  EventList list = EventList::kEvents;
  EventFilter filter;
  std::optional<store::Code> code;  // anomalies with this code
};

// Shape: by log time, equal times by partition, then offset; `reverse` is the exact reverse.
// Throws: as find(). Cost: the kept log is read from end to end; anomalies and quarantine read
// their own entries only.
Answer list_events(Views& views, const EventsRequest& request, const EventSink& sink);

// The event that took `event_id`, of each partition. Throws: as find().
Answer find_event(Views& views, const Uuid& event_id, const AsOf& as_of, const EventSink& sink);
// The event at an offset; matched = 0 when there is none.
Answer find_event(Views& views, Partition partition, Offset offset, const AsOf& as_of,
                  const EventSink& sink);

}  // namespace ledger::query
