// One entry of an answer, in one form for both sides: rows of find, lines of history, events.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/events.h"
#include "query/history.h"
#include "tests/property/model/ask.h"
#include "tests/property/model/ask_events.h"

namespace ledger::model {

struct Item {
  std::vector<Value> place;  // answers are ordered by it
  int32_t partition = 0;
  int64_t offset = 0;  // a row's rid
  int64_t from = 0;    // of a row
  std::optional<Row> before;
  std::optional<Row> after;  // also a row of find
  Verdict verdict;           // of an event
  bool operator==(const Item&) const = default;
};

// By the twin. `fields`: of the index.
Item item_of(const Found& found, const std::vector<std::string>& fields);
Item item_of(const Line& line, const Twin& twin);
Item item_of(const Listed& listed, const Twin& twin);

// By the store. `log`: of the partition; an event that is not kept as it was sent becomes an Error.
Item item_of(const query::Row& row, const std::vector<std::string>& fields, const Log& log);
Item item_of(const query::HistoryLine& line, const Log& log);
Item item_of(const query::Event& event, const Log& log);

std::string show(const Item& item);
std::string show(const std::vector<Item>& items);

}  // namespace ledger::model
