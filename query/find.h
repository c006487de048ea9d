// get, find and count: rows of one table by one of its indexes, merged over all shards, as the
// ledger stands or stood.
#pragma once

#include <string_view>
#include <vector>

#include "query/request.h"
#include "query/views.h"

namespace ledger::query {

// Shape: rows in key order of the index, equal keys by partition; `reverse` is the exact reverse.
// Throws: Error{kUsage} on an unknown index or field, two lower or upper bounds on one field, a tie
// between indexes, a cursor of another query; Error{kNotFresh} when the views are not as far as
// `as_of` asks.
// Cost: O(log n) a page; conditions outside the index read each row in the range.
Answer find(Views& views, const FindRequest& request, const RowSink& sink);

// The live rows with that _id: at most one per shard, by partition.
Answer get(Views& views, record::Table table, std::string_view id, const AsOf& as_of,
           const RowSink& sink);

// How many rows have one value of the field; monostate = absent.
struct CountLine {
  index::KeyPart value;
  uint64_t count = 0;
  bool operator==(const CountLine&) const = default;
};

struct CountAnswer {
  Answer answer;                 // matched = the count over all values
  std::vector<CountLine> lines;  // with `by`: in Convex's order of the values
};

// Counts what find() would give; `limit`, `cursor` and `reverse` play no part.
// Cost: touches no rows when the index answers all conditions and holds `by`.
CountAnswer count(Views& views, const FindRequest& request, const std::optional<std::string>& by);

}  // namespace ledger::query
