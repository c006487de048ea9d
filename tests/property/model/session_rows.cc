// Questions about rows: find, count and get, put to both sides.
#include <algorithm>

#include <fmt/format.h>

#include "query/condition.h"
#include "schemas/base/error.h"
#include "tests/property/model/session.h"
#include "tests/property/model/show.h"

namespace ledger::model {

namespace {

record::Table table_of(std::string_view name) { return record::table_from(name).value(); }

index::KeyPart part_of(const Value& value) {
  return std::visit([](const auto& each) { return index::KeyPart(each); }, value);
}

// As a user writes it, where text can say it: neither absent nor an enumeration's text that is
// none.
query::Condition condition_of(std::string_view table, const Test& test) {
  const auto comparison = static_cast<query::Comparison>(test.relation);
  const bool enumeration =
      test.field == "contentType" || test.field == "locale" || test.field == "status";
  if (enumeration || std::holds_alternative<std::monostate>(test.value)) {
    return {test.field, comparison, part_of(test.value)};
  }
  const auto* number = std::get_if<double>(&test.value);
  return query::parse_condition(
      table_of(table), comparison,
      fmt::format("{}={}", test.field,
                  number != nullptr ? fmt::to_string(*number) : std::get<std::string>(test.value)),
      0);
}

using CountLines = std::vector<std::pair<Value, uint64_t>>;

Value value_of(const index::KeyPart& part) {
  return std::visit([](const auto& each) { return Value(each); }, part);
}

std::string text_of(const CountLines& lines) {
  std::string out;
  for (const auto& [value, count] : lines) {
    out += fmt::format(" {}: {},", show(value), count);
  }
  return out;
}

const std::vector<std::string>& fields_of(std::string_view table, const std::string& index) {
  const auto& indexes = indexes_of(table);
  return std::find_if(indexes.begin(), indexes.end(),
                      [&index](const auto& each) { return each.first == index; })
      ->second;
}

std::string describe(const RowsQuestion& question) {
  return fmt::format("{} by {}{} where{}", question.table, question.index.value_or("any index"),
                     question.index_only ? " only" : "", show(question.tests));
}

}  // namespace

// A tie between indexes, and `index_only` of an index that does not answer all.
bool Session::refused_as_expected(const RowsQuestion& question, const std::string& text,
                                  const std::function<void()>& ask) {
  const auto index = question.index ? question.index : chosen_index(question.table, question.tests);
  const bool served = index && (!question.index_only ||
                                answers_all(fields_of(question.table, *index), question.tests));
  if (served) return false;
  expect_fault(text, Fault::kUsage, ask);
  return true;
}

query::FindRequest Session::request_of(const RowsQuestion& question, const Moment& moment) const {
  query::FindRequest request;
  request.table = table_of(question.table);
  for (const Test& test : question.tests) {
    request.conditions.push_back(condition_of(question.table, test));
  }
  request.index = question.index;
  request.index_only = question.index_only;
  request.reverse = question.reverse;
  request.as_of = moment.as_of;
  return request;
}

void Session::ask_rows() {
  const RowsQuestion question = questioner().rows();
  compare_rows(question, draw_moment());
}

void Session::compare_rows(const RowsQuestion& question, const Moment& moment) {
  const query::FindRequest asked = request_of(question, moment);
  const std::string text = describe(question);
  if (refused_as_expected(question, text, [&] { find(views_, asked, [](const auto&) {}); })) return;
  const std::string index =
      question.index ? *question.index : *chosen_index(question.table, question.tests);
  const std::vector<std::string>& fields = fields_of(question.table, index);
  const auto store = [&, this](const Paging& paging) {
    const query::FindRequest request = paged(asked, paging);
    Reply reply;
    reply.answer = find(views_, request, [&](const query::Row& row) {
      reply.items.push_back(item_of(row, fields, log_of(row.partition)));
      interrupt();
    });
    if (reply.answer.index != index) disagree(text, index, reply.answer.index);
    return reply;
  };
  const auto twin = [&](const Ledger& ledger) {
    std::vector<Item> items;
    for (const Found& found :
         find_rows(ledger, question.table, question.tests, fields, question.reverse)) {
      items.push_back(item_of(found, fields));
    }
    return items;
  };
  compare_list({text, moment, question.reverse, store, twin});
}

// Every index of both tables, whole.
void Session::compare_all_rows(const Moment& moment) {
  for (const std::string_view table : {kAudios, kListenings}) {
    for (const auto& [name, fields] : indexes_of(table)) {
      compare_rows({table, {}, name, true, random_.chance(50)}, moment);
    }
  }
}

void Session::ask_count() {
  Questioner questions = questioner();
  const RowsQuestion question = questions.rows();
  std::optional<std::string> by;
  if (random_.chance(65)) by = questions.any_field(question.table);
  const Moment moment = draw_moment();
  const query::FindRequest request = request_of(question, moment);
  const std::string text = fmt::format("count {} by {} {}", describe(question),
                                       by.value_or("nothing"), show(moment.as_of));
  if (refused_as_expected(question, text, [&] { count(views_, request, by); })) return;
  ++tally_.questions;
  if (!moment.at) {
    return expect_fault(text, Fault::kNotFresh, [&] { count(views_, request, by); });
  }
  const query::CountAnswer answer = count(views_, request, by);
  views_.refresh();
  const std::vector<Found> rows =
      find_rows(past_.at(*moment.at), question.table, question.tests, {}, false);
  if (answer.answer.matched != rows.size()) {
    disagree(text, std::to_string(rows.size()), std::to_string(answer.answer.matched));
  }
  CountLines lines;
  for (const auto& line : answer.lines) lines.emplace_back(value_of(line.value), line.count);
  const CountLines expected = by ? count_by(rows, *by) : CountLines();
  if (lines != expected) disagree(text, text_of(expected), text_of(lines));
}

void Session::ask_get() {
  Questioner questions = questioner();
  const std::string_view table = questions.table();
  const std::string id = questions.id(table);
  const Moment moment = draw_moment();
  const std::vector<std::string> by_id = {"_id"};
  const auto store = [&, this](const Paging&) {
    Reply reply;
    reply.answer = get(views_, table_of(table), id, moment.as_of, [&](const query::Row& row) {
      reply.items.push_back(item_of(row, by_id, log_of(row.partition)));
    });
    return reply;
  };
  const auto twin = [&](const Ledger& ledger) {
    std::vector<Item> items;
    for (const Found& found :
         find_rows(ledger, table, {{"_id", Relation::kEqual, id}}, by_id, false)) {
      items.push_back(item_of(found, by_id));
    }
    return items;
  };
  compare_whole({fmt::format("get {} {}", table, show(Value(id))), moment, false, store, twin});
}

}  // namespace ledger::model
