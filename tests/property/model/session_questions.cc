// Which questions a session asks, and how each is put to both sides.
#include <algorithm>

#include <fmt/format.h>

#include "query/events.h"
#include "query/history.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "tests/property/model/session.h"
#include "tests/property/model/show.h"

namespace ledger::model {

namespace {

index::KeyPart part_of(const Value& value) {
  return std::visit([](const auto& each) { return index::KeyPart(each); }, value);
}

std::vector<query::Condition> conditions_of(const std::vector<Test>& tests) {
  std::vector<query::Condition> conditions;
  for (const Test& test : tests) {
    conditions.push_back(
        {test.field, static_cast<query::Comparison>(test.relation), part_of(test.value)});
  }
  return conditions;
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

record::Table table_of(std::string_view name) { return record::table_from(name).value(); }

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

std::string describe(const EventTests& tests) {
  std::string out = tests.list == List::kEvents      ? "events"
                    : tests.list == List::kAnomalies ? "anomalies"
                                                     : "quarantine";
  if (tests.code) out += " code " + *tests.code;
  if (tests.since) out += fmt::format(" since {}", *tests.since);
  if (tests.until) out += fmt::format(" until {}", *tests.until);
  if (tests.actor_kind) out += " actor kind " + *tests.actor_kind;
  if (tests.actor_id) out += " actor " + show(Value(*tests.actor_id));
  for (const auto& [name, text] : tests.members) out += " " + name + "=" + show(Value(text));
  return out;
}

query::EventsRequest events_request(const EventTests& tests) {
  query::EventsRequest request;
  request.list = static_cast<query::EventList>(tests.list);
  if (tests.code) request.code = store::code_from(*tests.code).value();
  request.filter.since_ms = tests.since;
  request.filter.until_ms = tests.until;
  if (tests.actor_kind) request.filter.actor_kind = event::actor_kind_from(*tests.actor_kind);
  request.filter.actor_id = tests.actor_id;
  request.filter.members = tests.members;
  return request;
}

}  // namespace

Questioner Session::questioner() { return Questioner(random_, drawing_, logs_); }

void Session::ask() {
  const uint64_t kind = random_.below(100);
  if (kind < 50) return ask_rows();
  if (kind < 65) return ask_count();
  if (kind < 72) return ask_get();
  if (kind < 85) return ask_history();
  if (kind < 95) return ask_events();
  ask_event();
}

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
  request.conditions = conditions_of(question.tests);
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
    query::FindRequest request = asked;
    request.limit = paging.limit;
    request.cursor = paging.cursor;
    request.live = paging.live;
    request.reverse = asked.reverse != paging.flipped;
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

void Session::ask_history() {
  Questioner questions = questioner();
  const std::string_view table = questions.table();
  query::HistoryRequest asked;
  asked.table = table_of(table);
  asked.id = questions.id(table);
  asked.reverse = random_.chance(50);
  const Moment moment = draw_moment();
  asked.as_of = moment.as_of;
  const auto store = [&, this](const Paging& paging) {
    query::HistoryRequest request = asked;
    request.limit = paging.limit;
    request.cursor = paging.cursor;
    request.live = paging.live;
    request.reverse = asked.reverse != paging.flipped;
    Reply reply;
    reply.answer = history(views_, request, [&](const query::HistoryLine& line) {
      reply.items.push_back(item_of(line, log_of(line.event.partition)));
      interrupt();
    });
    return reply;
  };
  const auto twin = [&](const Ledger& ledger) {
    std::vector<Item> items;
    for (const Line& line : history_of(ledger, table, asked.id, asked.reverse)) {
      items.push_back(item_of(line, *ledger.at(static_cast<size_t>(line.partition))));
    }
    return items;
  };
  compare_list({fmt::format("history {} {}", table, show(Value(asked.id))), moment, asked.reverse,
                store, twin});
}

void Session::ask_events() {
  const EventTests tests = questioner().events();
  query::EventsRequest asked = events_request(tests);
  asked.reverse = random_.chance(50);
  const Moment moment = draw_moment();
  asked.as_of = moment.as_of;
  const auto store = [&, this](const Paging& paging) {
    query::EventsRequest request = asked;
    request.limit = paging.limit;
    request.cursor = paging.cursor;
    request.live = paging.live;
    request.reverse = asked.reverse != paging.flipped;
    Reply reply;
    reply.answer = query::list_events(views_, request, [&](const query::Event& event) {
      reply.items.push_back(item_of(event, log_of(event.partition)));
      interrupt();
    });
    return reply;
  };
  const auto twin = [&](const Ledger& ledger) {
    std::vector<Item> items;
    for (const Listed& listed : list_events(ledger, logs_, tests, asked.reverse)) {
      items.push_back(item_of(listed, *ledger.at(static_cast<size_t>(listed.partition))));
    }
    return items;
  };
  compare_list({describe(tests), moment, asked.reverse, store, twin});
}

void Session::ask_event() {
  const Moment moment = draw_moment();
  const std::string id = questioner().event_id();
  Uuid event_id{};
  std::copy(id.begin(), id.end(), event_id.begin());
  const auto p = static_cast<int32_t>(random_.below(logs_.size() + 1));
  const auto offset = static_cast<int64_t>(random_.below(logs_.front().size() + 2));
  const bool by_id = random_.chance(50);
  const auto store = [&, this](const Paging&) {
    Reply reply;
    const query::EventSink sink = [&](const query::Event& event) {
      reply.items.push_back(item_of(event, log_of(event.partition)));
    };
    reply.answer = by_id ? find_event(views_, event_id, moment.as_of, sink)
                         : find_event(views_, Partition{p}, Offset{offset}, moment.as_of, sink);
    return reply;
  };
  const auto twin = [&](const Ledger& ledger) {
    std::vector<Listed> found = {{p, offset}};
    if (by_id) found = events_with_id(ledger, id);
    std::vector<Item> items;
    for (const Listed& each : found) {
      const auto partition = static_cast<size_t>(each.partition);
      if (partition >= ledger.size() || each.offset >= ledger[partition]->position()) continue;
      items.push_back(item_of(each, *ledger[partition]));
    }
    return items;
  };
  compare_whole({by_id ? "event " + to_hex(id) : fmt::format("event {}:{}", p, offset), moment,
                 false, store, twin});
}

}  // namespace ledger::model
