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

bool has_equal(const std::vector<Test>& tests, const std::string& name) {
  return std::any_of(tests.begin(), tests.end(), [&name](const Test& test) {
    return test.field == name && test.relation == Relation::kEqual;
  });
}

bool has_bound(const std::vector<Test>& tests, const std::string& name) {
  return std::any_of(tests.begin(), tests.end(), [&name](const Test& test) {
    return test.field == name && test.relation != Relation::kEqual;
  });
}

// How many parts the tests lead: by `=`, then at most one by bounds.
struct Lead {
  size_t equal = 0;
  size_t bounded = 0;
  size_t used() const { return equal + bounded; }
};

Lead lead_of(const std::vector<std::string>& fields, const std::vector<Test>& tests) {
  const std::vector<std::string> parts = parts_of(fields);
  Lead lead;
  while (lead.equal < parts.size() && has_equal(tests, parts[lead.equal])) ++lead.equal;
  if (lead.equal < parts.size() && has_bound(tests, parts[lead.equal])) lead.bounded = 1;
  return lead;
}

}  // namespace

std::vector<std::string> parts_of(const std::vector<std::string>& fields) {
  std::vector<std::string> parts = fields;
  if (fields == std::vector<std::string>{"_id"}) return parts;
  parts.emplace_back("_creationTime");
  parts.emplace_back("_id");
  return parts;
}

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
  std::vector<std::string> best;
  size_t best_used = 0;
  size_t best_left = 0;
  for (const auto& [name, fields] : indexes_of(table)) {
    const size_t used = lead_of(fields, tests).used();
    const size_t left = fields.size() - std::min(used, fields.size());
    if (used == 0 || used < best_used || (used == best_used && left > best_left)) continue;
    if (used > best_used || left < best_left) best.clear();
    best.push_back(name);
    best_used = used;
    best_left = left;
  }
  if (best.empty()) return "by_creation_time";
  if (best.size() > 1) return std::nullopt;
  return best.front();
}

bool answers_all(const std::vector<std::string>& fields, const std::vector<Test>& tests) {
  const std::vector<std::string> parts = parts_of(fields);
  const Lead lead = lead_of(fields, tests);
  return std::all_of(tests.begin(), tests.end(), [&](const Test& test) {
    const auto at =
        static_cast<size_t>(std::find(parts.begin(), parts.end(), test.field) - parts.begin());
    if (test.relation == Relation::kEqual) return at < lead.equal;
    return at == lead.equal && lead.bounded == 1;
  });
}

}  // namespace ledger::model
