#include "query/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "query/condition.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/options/sources.h"

namespace ledger::query {

namespace {

const Condition* find_equal(const std::vector<Condition>& conditions, const std::string& field) {
  for (const Condition& each : conditions) {
    if (each.field == field && each.comparison == Comparison::kEqual) return &each;
  }
  return nullptr;
}

bool has_bound(const std::vector<Condition>& conditions, const std::string& field) {
  return std::any_of(conditions.begin(), conditions.end(), [&field](const Condition& each) {
    return each.field == field && each.comparison != Comparison::kEqual;
  });
}

// How well an index serves the conditions.
struct Fit {
  size_t used = 0;  // `=` fields that lead it, and the bounded one after them
  size_t left = 0;  // declared fields not used
  bool operator==(const Fit&) const = default;
  bool better_than(const Fit& other) const {
    return used != other.used ? used > other.used : left < other.left;
  }
};

Fit fit_of(const index::IndexSpec& index, const std::vector<Condition>& conditions) {
  const std::vector<std::string> fields = index.key_fields();
  Fit fit;
  while (fit.used < fields.size() && find_equal(conditions, fields[fit.used])) ++fit.used;
  if (fit.used < fields.size() && has_bound(conditions, fields[fit.used])) ++fit.used;
  fit.left = index.fields.size() - std::min(fit.used, index.fields.size());
  return fit;
}

[[noreturn]] void throw_tie(const std::vector<const index::IndexSpec*>& best) {
  std::vector<std::string> names;
  for (const index::IndexSpec* each : best) names.push_back(describe(*each));
  throw Error(Fault::kUsage,
              fmt::format("index: several serve these conditions equally: {}; choose "
                          "one with --index {}",
                          fmt::join(names, ", "), best.front()->name));
}

const index::IndexSpec& index_for_count(const index::Declarations& declarations,
                                        record::Table table, const std::optional<std::string>& by) {
  const index::IndexSpec* best = declarations.find(table, "by_creation_time");
  if (!by) return *best;
  size_t fewest = SIZE_MAX;
  for (const index::IndexSpec* each : declarations.of(table)) {
    const std::vector<std::string> fields = each->key_fields();
    if (fields.front() != *by || fields.size() >= fewest) continue;
    fewest = fields.size();
    best = each;
  }
  return *best;
}

const index::IndexSpec& choose_index(const index::Declarations& declarations,
                                     const FindRequest& request,
                                     const std::optional<std::string>& by) {
  Fit best_fit;
  std::vector<const index::IndexSpec*> best;
  for (const index::IndexSpec* each : declarations.of(request.table)) {
    const Fit fit = fit_of(*each, request.conditions);
    if (fit.used == 0) continue;
    if (best.empty() || fit.better_than(best_fit)) {
      best = {each};
      best_fit = fit;
    } else if (fit == best_fit) {
      best.push_back(each);
    }
  }
  if (best.size() > 1) throw_tie(best);
  return best.empty() ? index_for_count(declarations, request.table, by) : *best.front();
}

const index::IndexSpec& named_index(const index::Declarations& declarations,
                                    const FindRequest& request) {
  if (const auto* found = declarations.find(request.table, *request.index)) return *found;
  std::vector<std::string> names;
  for (const index::IndexSpec* each : declarations.of(request.table)) names.push_back(each->name);
  throw Error(Fault::kUsage,
              fmt::format("index: {} has no index '{}'{} (indexes: {})",
                          record::table_name(request.table), *request.index,
                          options::suggestion(*request.index, names), fmt::join(names, ", ")));
}

void take_bound(const Condition& condition, index::RangeExpression& range) {
  switch (condition.comparison) {
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      range.lower = {condition.value, condition.comparison == Comparison::kGreaterOrEqual};
      return;
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
      range.upper = {condition.value, condition.comparison == Comparison::kLessOrEqual};
      return;
    case Comparison::kEqual:
      return;
  }
}

void refuse_residual(const Plan& plan) {
  std::vector<std::string> fields;
  for (const Condition& each : plan.residual) fields.push_back(each.field);
  throw Error(Fault::kUsage,
              fmt::format("index: {} does not answer the conditions on {}; choose another --index, "
                          "or leave out --index-only",
                          describe(*plan.index), fmt::join(fields, ", ")));
}

}  // namespace

Plan make_plan(const index::Declarations& declarations, const FindRequest& request,
               const std::optional<std::string>& by) {
  check_conditions(request.table, request.conditions);
  Plan plan;
  plan.index = request.index ? &named_index(declarations, request)
                             : &choose_index(declarations, request, by);
  const std::vector<std::string> fields = plan.index->key_fields();
  index::RangeExpression range;
  while (range.equal.size() < fields.size()) {
    const Condition* equal = find_equal(request.conditions, fields[range.equal.size()]);
    if (equal == nullptr) break;
    range.equal.push_back(equal->value);
  }
  const auto in_prefix = [&](const Condition& each) {
    const auto end = fields.begin() + static_cast<std::ptrdiff_t>(range.equal.size());
    return each.comparison == Comparison::kEqual &&
           std::find(fields.begin(), end, each.field) != end;
  };
  for (const Condition& each : request.conditions) {
    const bool bounds_next = each.comparison != Comparison::kEqual &&
                             range.equal.size() < fields.size() &&
                             fields[range.equal.size()] == each.field;
    if (bounds_next) {
      take_bound(each, range);
    } else if (!in_prefix(each)) {
      plan.residual.push_back(each);
    }
  }
  if (request.index_only && !plan.residual.empty()) refuse_residual(plan);
  plan.range = index::to_key_range(range);
  return plan;
}

std::string canonical_text(const Plan& plan, const FindRequest& request) {
  std::string out = fmt::format("find {} {} {} {}\n", record::table_name(request.table),
                                plan.index->name, fmt::join(plan.index->key_fields(), ","),
                                request.reverse ? "reverse" : "forward");
  out +=
      to_hex(plan.range.first) + ".." + (plan.range.limit ? to_hex(*plan.range.limit) : "") + "\n";
  std::vector<std::string> tests;
  for (const Condition& each : plan.residual) {
    std::string value;
    append_part(value, each.value);
    tests.push_back(
        fmt::format("{} {} {}\n", each.field, static_cast<int>(each.comparison), to_hex(value)));
  }
  std::sort(tests.begin(), tests.end());
  for (const std::string& each : tests) out += each;
  return out;
}

std::string describe(const index::IndexSpec& index) {
  return fmt::format("{} ({})", index.name, fmt::join(index.key_fields(), ", "));
}

}  // namespace ledger::query
