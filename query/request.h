// What a query asks and what an answer says beside its rows. Plain values; no text of a command
// line.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schemas/base/ids.h"
#include "schemas/index/range.h"
#include "schemas/record/record.h"
#include "schemas/store/layout.h"

namespace ledger::query {

// A point in the past: nothing = as the views stand; a position vector (partitions that it leaves
// out are read at their newest); a time in ms = before the first event whose log time is >= it.
using AsOf = std::variant<std::monostate, PositionVector, double>;

// How many entries a scan walks in search of those that left an index since a position, before it
// reads all that ever left along instead; of all its shards together.
inline constexpr size_t kDepartedWalkMax = 200'000;

enum class Comparison : uint8_t {
  kEqual,
  kGreater,
  kGreaterOrEqual,
  kLess,
  kLessOrEqual,
};

// `value` has the field's type: text (also of an enumeration), a number, or monostate = absent.
// Order is Convex's: absent < number < text.
struct Condition {
  std::string field;
  Comparison comparison = Comparison::kEqual;
  index::KeyPart value;
  bool operator==(const Condition&) const = default;
};

// Which part of an answer, in which direction, as of when.
struct PageRequest {
  bool reverse = false;
  std::optional<uint64_t> limit;
  std::optional<std::string> cursor;  // Answer::next of the page before
  bool live = false;                  // with a cursor: read at the newest, not as of the first page
  AsOf as_of;
  double now_ms = 0;  // what relative times were read against; the cursor carries it on
};

struct FindRequest : PageRequest {
  record::Table table = record::Table::kContentAudios;
  std::vector<Condition> conditions;
  std::optional<std::string> index;             // by name; nullopt: chosen from the conditions
  bool index_only = false;                      // refuse conditions that the index cannot answer
  size_t departed_walk_max = kDepartedWalkMax;  // the answer is the same with any
};

// A row of an answer. Lifetime: during the call of the sink.
struct Row {
  Partition partition{};
  store::Rid rid{};
  Offset from{};  // the event that made this image
  std::variant<const record::ContentAudio*, const record::UserContentAudio*> record;
};
using RowSink = std::function<void(const Row&)>;

struct Answer {
  PositionVector at;                // what the answer was read at, every partition
  std::optional<std::string> next;  // cursor of the next page; nullopt: nothing more
  std::string index;                // that was used
  bool tested = false;              // some conditions were tested per row
  uint64_t scanned = 0;             // index entries looked at
  uint64_t matched = 0;             // rows given to the sink, or counted
};

}  // namespace ledger::query
