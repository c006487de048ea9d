// A range over one index: equality on a prefix of its key fields, then at most one lower and one
// upper bound on the next field. KEY_FORMAT.md, section "Ranges", is normative.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schemas/index/key.h"

namespace ledger::index {

struct Bound {
  KeyPart value;
  bool inclusive = true;
};

// `equal[i]` is the value of the i-th key field; the bounds are on field equal.size().
struct RangeExpression {
  std::vector<KeyPart> equal = {};
  std::optional<Bound> lower = {};
  std::optional<Bound> upper = {};
};

// Half-open [first, limit) in key order; limit nullopt = to the end.
struct KeyRange {
  std::string first;
  std::optional<std::string> limit;
  bool contains(std::string_view key) const { return key >= first && (!limit || key < *limit); }
};

// Precondition: no text of a record holds U+0000 (limits see to it); "a" followed by it would count
// as equal to "a".
// start = none P | gte P+V | gt inc(P+V); end = none inc(P) | lte inc(P+V) | lt P+V.
KeyRange to_key_range(const RangeExpression& expression);

// Drops trailing FF bytes, then adds 1 to the last byte. Returns: nullopt when nothing is left
// (unbounded).
std::optional<std::string> increment(std::string bytes);

}  // namespace ledger::index
