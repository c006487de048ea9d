// One line of an answer: named values, in order of output.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger::query {

// An object or array. `plain`: how tables show it; empty = as JSON.
struct Json {
  std::string_view json;
  std::string_view plain = {};
};

// A number that is a time: tables show it in RFC 3339, all else as a number.
struct Time {
  double unix_ms = 0;
};

// monostate = absent: JSON leaves the member out, tables and CSV an empty cell.
using Value = std::variant<std::monostate, double, int64_t, bool, std::string_view, Time, Json>;

// `column`: number among the columns given to Format::begin().
struct Member {
  size_t column = 0;
  Value value;
};

// Reused from line to line. Lifetime: text that a value names lives until the line is written.
class Line {
 public:
  void clear() { members_.clear(); }
  void add(size_t column, Value value) { members_.push_back({column, value}); }
  const std::vector<Member>& members() const { return members_; }

 private:
  std::vector<Member> members_;
};

}  // namespace ledger::query
