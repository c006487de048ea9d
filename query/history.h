// history: what happened to one record, and who did it.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "query/events.h"
#include "query/views.h"

namespace ledger::query {

using AnyRecord = std::variant<record::ContentAudio, record::UserContentAudio>;

// One event of a record's history. `before` and `after` are the images around it: only `after` =
// inserted, only `before` = deleted or replaced under another _id, none = not applied.
// Lifetime: during the call of the sink.
struct HistoryLine {
  const Event& event;
  std::optional<AnyRecord> before;
  std::optional<AnyRecord> after;
};
using HistorySink = std::function<void(const HistoryLine&)>;

struct HistoryRequest : PageRequest {
  record::Table table = record::Table::kContentAudios;
  std::string id;
};

// Versions of all lives of the _id, and the events that named it and were not applied.
// Shape: by partition, then offset; `reverse` is the exact reverse.
// Throws: as find(). Cost: a page holds and looks at `limit` events, 1,024 at most at a time, and
// one more for each earlier life.
Answer history(Views& views, const HistoryRequest& request, const HistorySink& sink);

}  // namespace ledger::query
