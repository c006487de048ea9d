// The queries once more, over the rows of twins: filter, sort, cut. Values are compared as values,
// never as key bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/property/model/twin.h"

namespace ledger::model {

// How the ledger stood: one twin per partition, ascending. Lifetime: of the twins.
using Ledger = std::vector<const Twin*>;

enum class Relation { kEqual, kGreater, kGreaterOrEqual, kLess, kLessOrEqual };

struct Test {
  std::string field;
  Relation relation = Relation::kEqual;
  Value value;
};

struct Found {
  int32_t partition = 0;
  LiveRow live;
};

// The rows of all partitions that pass every test, in the order of an index with these fields (the
// declared ones; by_id: `_id` alone follows), equal keys by partition.
std::vector<Found> find_rows(const Ledger& ledger, std::string_view table,
                             const std::vector<Test>& tests, const std::vector<std::string>& fields,
                             bool reverse);

// The values that rows are ordered by.
std::vector<Value> order_of(const Row& row, const std::vector<std::string>& fields);

// How many of the rows have each value of the field, in the order of the values.
std::vector<std::pair<Value, uint64_t>> count_by(const std::vector<Found>& rows,
                                                 std::string_view by);

// One line of a record's history.
struct Line {
  int32_t partition = 0;
  int64_t offset = 0;
  std::optional<Row> before;
  std::optional<Row> after;
};

std::vector<Line> history_of(const Ledger& ledger, std::string_view table, std::string_view id,
                             bool reverse);

// The declared fields of the indexes, as the contract's section 5 lists them; by_id is {"_id"}.
const std::vector<std::pair<std::string, std::vector<std::string>>>& indexes_of(
    std::string_view table);

// The index that the tests choose: led by the most `=` fields plus at most one bounded field, then
// with the fewest fields left; by_creation_time when they lead none. Nothing: several serve
// equally.
std::optional<std::string> chosen_index(std::string_view table, const std::vector<Test>& tests);

// Do the tests lead the index, every one of them?
bool answers_all(const std::vector<std::string>& fields, const std::vector<Test>& tests);

// All parts of a key: the declared fields, then _creationTime and _id.
std::vector<std::string> parts_of(const std::vector<std::string>& fields);

}  // namespace ledger::model
