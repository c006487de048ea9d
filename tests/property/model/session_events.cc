// Questions about events: history, lists and single ones, put to both sides.
#include <algorithm>

#include <fmt/format.h>

#include "query/events.h"
#include "query/history.h"
#include "schemas/base/bytes.h"
#include "tests/property/model/session.h"
#include "tests/property/model/show.h"

namespace ledger::model {

namespace {

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

void Session::ask_history() {
  Questioner questions = questioner();
  const std::string_view table = questions.table();
  query::HistoryRequest asked;
  asked.table = record::table_from(table).value();
  asked.id = questions.id(table);
  asked.reverse = random_.chance(50);
  const Moment moment = draw_moment();
  asked.as_of = moment.as_of;
  const auto store = [&, this](const Paging& paging) {
    const query::HistoryRequest request = paged(asked, paging);
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
    const query::EventsRequest request = paged(asked, paging);
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
