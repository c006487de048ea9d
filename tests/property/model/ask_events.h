// Lists of events once more, over messages and what became of them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/property/model/ask.h"

namespace ledger::model {

enum class List { kEvents, kAnomalies, kQuarantine };

// What an event must be to be listed; an unset member asks nothing. `members`: name and text.
struct EventTests {
  List list = List::kEvents;
  std::optional<std::string> code;  // of anomalies
  std::optional<double> since;      // occurredAt; of anomalies and quarantine the log time
  std::optional<double> until;
  std::optional<std::string> actor_kind;
  std::optional<std::string> actor_id;
  std::vector<std::pair<std::string, std::string>> members;
};

struct Listed {
  int32_t partition = 0;
  int64_t offset = 0;
};

// In order of log time, partition, offset. `logs`: by partition, genesis first.
std::vector<Listed> list_events(const Ledger& ledger, const std::vector<Log>& logs,
                                const EventTests& tests, bool reverse);

// The events that took the id, by partition.
std::vector<Listed> events_with_id(const Ledger& ledger, const std::string& event_id);

// A member of a well-formed event by its name (`payload`, `source`, `contentId`, ...).
std::optional<std::string> member_of(const Fact& fact, const std::string& name);

// `applied`, `duplicate`, `anomaly` or `quarantined`.
std::string outcome_of(const Verdict& verdict);

}  // namespace ledger::model
