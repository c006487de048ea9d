// get, find, count
#include <fmt/format.h>

#include "query/commands/answering.h"
#include "query/commands/commands.h"
#include "query/condition.h"
#include "query/find.h"
#include "query/output/row_lines.h"

namespace ledger::query {

namespace {

// Operands after the table are `=` conditions; options bring the bounds.
std::vector<Condition> conditions_of(const Answering& answering, record::Table table) {
  const options::Parsed& parsed = answering.parsed();
  std::vector<Condition> conditions;
  const auto take = [&](Comparison comparison, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      conditions.push_back(parse_condition(table, comparison, text, answering.now_ms()));
    }
  };
  take(Comparison::kEqual, {parsed.operands().begin() + 1, parsed.operands().end()});
  take(Comparison::kGreater, parsed.list("gt"));
  take(Comparison::kGreaterOrEqual, parsed.list("gte"));
  take(Comparison::kLess, parsed.list("lt"));
  take(Comparison::kLessOrEqual, parsed.list("lte"));
  return conditions;
}

FindRequest request_of(const Answering& answering, record::Table table) {
  FindRequest request;
  request.table = table;
  request.conditions = conditions_of(answering, table);
  request.index = answering.parsed().find_text("index");
  request.index_only = answering.parsed().flag("index-only");
  return request;
}

Value value_of(const std::string& field, const index::KeyPart& part) {
  if (const auto* text = std::get_if<std::string>(&part)) return std::string_view(*text);
  if (const auto* number = std::get_if<double>(&part)) {
    return is_time(field) ? Value(Time{*number}) : Value(*number);
  }
  return {};
}

void print_groups(Answering& answering, CountAnswer& result, const std::string& by) {
  const bool all = answering.parsed().flag("all") || answering.kind() != FormatKind::kTable;
  answering.begin({by, "count"});
  Line line;
  size_t shown = 0;
  for (const CountLine& each : result.lines) {
    if (!all && shown == kTableRowsMax) break;
    line.clear();
    line.add(0, value_of(by, each.value));
    line.add(1, static_cast<int64_t>(each.count));
    answering.line(line);
    ++shown;
  }
  answering.end(result.answer, "nothing found");
  if (shown < result.lines.size()) {
    answering.note(fmt::format("{} of {} values shown; give --all", shown, result.lines.size()));
  }
}

}  // namespace

Fault run_get(const options::Parsed& parsed) {
  const record::Table table = parse_table(parsed.operands()[0]);
  const std::string& id = parsed.operands()[1];
  Answering answering(parsed);
  RowLines lines(answering.views(), table, parsed.find_text("select"));
  answering.begin(lines.columns(), true);
  const Answer answer = get(answering.views(), table, id, answering.as_of(),
                            [&](const Row& row) { answering.line(lines.make(row)); });
  answering.end(answer, {});
  if (answer.matched > 0) return Fault::kNone;
  throw Error(Fault::kNotFound, fmt::format("get: {} has no live row '{}'; what became of it: "
                                            "ledger-query history {} {}",
                                            parsed.operands()[0], id, parsed.operands()[0], id));
}

Fault run_find(const options::Parsed& parsed) {
  const record::Table table = parse_table(parsed.operands()[0]);
  Answering answering(parsed);
  FindRequest request = request_of(answering, table);
  take_paging(answering, request);
  RowLines lines(answering.views(), table, parsed.find_text("select"));
  bool begun = false;
  const auto begin = [&] {
    if (!begun) answering.begin(lines.columns());
    begun = true;
  };
  const Answer answer = find(answering.views(), request, [&](const Row& row) {
    begin();
    answering.line(lines.make(row));
  });
  begin();
  answering.end(answer,
                fmt::format("nothing found in {} (index {})", parsed.operands()[0], answer.index));
  return check_expected(answering, answer);
}

Fault run_count(const options::Parsed& parsed) {
  const record::Table table = parse_table(parsed.operands()[0]);
  Answering answering(parsed);
  FindRequest request = request_of(answering, table);
  request.as_of = answering.as_of();
  request.now_ms = answering.now_ms();
  const std::optional<std::string> by = parsed.find_text("by");
  CountAnswer result = count(answering.views(), request, by);
  if (by) {
    print_groups(answering, result, *by);
  } else {
    answering.begin({"count"}, true);
    Line line;
    line.add(0, static_cast<int64_t>(result.answer.matched));
    answering.line(line);
    answering.end(result.answer, {});
  }
  return check_expected(answering, result.answer);
}

}  // namespace ledger::query
