#include "tests/property/model/ask.h"

#include <algorithm>
#include <map>
#include <set>

namespace ledger::model {

namespace {

bool passes(const Row& row, const Test& test) {
  const Value& value = field(row, test.field);
  switch (test.relation) {
    case Relation::kEqual:
      return value == test.value;
    case Relation::kGreater:
      return value > test.value;
    case Relation::kGreaterOrEqual:
      return value >= test.value;
    case Relation::kLess:
      return value < test.value;
    case Relation::kLessOrEqual:
      return value <= test.value;
  }
  return false;
}

// All parts of a key: the declared fields, then _creationTime and _id.
std::vector<std::string> parts_of(const std::vector<std::string>& fields) {
  std::vector<std::string> parts = fields;
  if (fields == std::vector<std::string>{"_id"}) return parts;
  parts.emplace_back("_creationTime");
  parts.emplace_back("_id");
  return parts;
}

// How many declared fields an index leaves when the tests lead it; nothing when they do not.
std::optional<size_t> fields_left(const std::vector<std::string>& fields,
                                  std::set<std::string> equal, std::set<std::string> bounded) {
  const std::vector<std::string> parts = parts_of(fields);
  size_t at = 0;
  while (at < parts.size() && equal.erase(parts[at]) > 0) ++at;
  if (at < parts.size() && bounded.erase(parts[at]) > 0) ++at;
  if (!equal.empty() || !bounded.empty()) return std::nullopt;
  return fields.size() - std::min(at, fields.size());
}

}  // namespace

std::vector<Value> order_of(const Row& row, const std::vector<std::string>& fields) {
  std::vector<Value> order;
  for (const std::string& name : parts_of(fields)) order.push_back(field(row, name));
  return order;
}

std::vector<Found> find_rows(const Ledger& ledger, std::string_view table,
                             const std::vector<Test>& tests, const std::vector<std::string>& fields,
                             bool reverse) {
  std::vector<std::pair<std::vector<Value>, Found>> found;
  for (size_t partition = 0; partition < ledger.size(); ++partition) {
    for (const auto& [id, live] : ledger[partition]->rows(table)) {
      if (!std::all_of(tests.begin(), tests.end(),
                       [&row = live.row](const Test& test) { return passes(row, test); })) {
        continue;
      }
      found.push_back({order_of(live.row, fields), {static_cast<int32_t>(partition), live}});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (reverse) std::reverse(found.begin(), found.end());
  std::vector<Found> rows;
  for (auto& each : found) rows.push_back(std::move(each.second));
  return rows;
}

std::vector<std::pair<Value, uint64_t>> count_by(const std::vector<Found>& rows,
                                                 std::string_view by) {
  std::map<Value, uint64_t> counts;
  for (const Found& found : rows) ++counts[field(found.live.row, by)];
  return {counts.begin(), counts.end()};
}

std::vector<Line> history_of(const Ledger& ledger, std::string_view table, std::string_view id,
                             bool reverse) {
  std::vector<Line> lines;
  for (size_t partition = 0; partition < ledger.size(); ++partition) {
    const auto& steps = ledger[partition]->steps();
    for (size_t offset = 0; offset < steps.size(); ++offset) {
      const Line at{static_cast<int32_t>(partition), static_cast<int64_t>(offset), {}, {}};
      for (const Touch& touch : steps[offset].touches) {
        if (touch.table != table || touch.id != id) continue;
        lines.push_back(at);
        lines.back().before = touch.before;
        lines.back().after = touch.after;
      }
      const auto& named = steps[offset].named;
      if (named && named->first == table && named->second == id) lines.push_back(at);
    }
  }
  if (reverse) std::reverse(lines.begin(), lines.end());
  return lines;
}

const std::vector<std::pair<std::string, std::vector<std::string>>>& indexes_of(
    std::string_view table) {
  using Indexes = std::vector<std::pair<std::string, std::vector<std::string>>>;
  static const Indexes audios = {{"by_creation_time", {}},
                                 {"by_id", {"_id"}},
                                 {"content_voice", {"contentId", "contentType", "voiceId"}},
                                 {"content", {"contentId", "contentType"}},
                                 {"contentHash", {"contentHash"}},
                                 {"status", {"status"}}};
  static const Indexes listenings = {{"by_creation_time", {}},
                                     {"by_id", {"_id"}},
                                     {"user", {"userId"}},
                                     {"user_content", {"userId", "contentId", "contentType"}},
                                     {"contentAudio", {"contentAudioId"}}};
  return table == kAudios ? audios : listenings;
}

std::optional<std::string> chosen_index(std::string_view table, const std::vector<Test>& tests) {
  if (tests.empty()) return "by_creation_time";
  std::set<std::string> equal;
  std::set<std::string> bounded;
  for (const Test& test : tests) {
    (test.relation == Relation::kEqual ? equal : bounded).insert(test.field);
  }
  std::optional<std::string> chosen;
  std::optional<size_t> fewest;
  for (const auto& [name, fields] : indexes_of(table)) {
    const auto left = fields_left(fields, equal, bounded);
    if (!left || (fewest && *left >= *fewest)) continue;
    fewest = left;
    chosen = name;
  }
  return chosen;
}

}  // namespace ledger::model
