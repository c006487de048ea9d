// history, event, events, anomalies, quarantine
#include <fmt/format.h>
#include <unistd.h>

#include "query/commands/answering.h"
#include "query/commands/commands.h"
#include "query/events.h"
#include "query/history.h"
#include "query/output/event_lines.h"
#include "schemas/base/error.h"
#include "schemas/options/sources.h"

namespace ledger::query {

namespace {

// KIND:ID, or KIND alone.
void take_actor(const options::Parsed& parsed, EventFilter& filter) {
  const auto text = parsed.find_text("actor");
  if (!text) return;
  const size_t colon = text->find(':');
  filter.actor_kind = event::actor_kind_from(text->substr(0, colon));
  if (!filter.actor_kind) {
    throw Error(Fault::kUsage, fmt::format("--actor: '{}' is not KIND or KIND:ID; KIND is one of "
                                           "service, user, operator, system",
                                           *text));
  }
  if (colon == std::string::npos) return;
  filter.actor_id = text->substr(colon + 1);
  if (filter.actor_id->empty()) {
    throw Error(Fault::kUsage, fmt::format("--actor: '{}' has no ID, which no event has; give '{}' "
                                           "for all of that kind",
                                           *text, text->substr(0, colon)));
  }
}

void take_members(const std::vector<std::string>& operands, EventFilter& filter) {
  for (const std::string& text : operands) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(
          Fault::kUsage,
          fmt::format("condition: '{}' is not MEMBER=VALUE, like payload=playRecorded", text));
    }
    filter.members.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
}

Fault run_list(const options::Parsed& parsed, EventsRequest request, std::string_view nothing) {
  Answering answering(parsed);
  take_paging(answering, request);
  take_actor(parsed, request.filter);
  request.filter.since_ms = window_edge(answering, "since");
  request.filter.until_ms = window_edge(answering, "until");
  EventLines lines(answering.views(), EventLines::Kind::kEvents, parsed.find_text("select"));
  bool begun = false;
  const auto begin = [&] {
    if (!begun) answering.begin(lines.columns());
    begun = true;
  };
  const Answer answer = list_events(answering.views(), request, [&](const Event& event) {
    begin();
    answering.line(lines.make(event));
  });
  begin();
  answering.end(answer, nothing);
  return check_expected(answering, answer);
}

store::Code anomaly_code(const std::string& text) {
  const std::vector<std::string> names = anomaly_codes();
  const auto code = store::code_from(text);
  if (code && store::quarantines(*code)) {
    throw Error(Fault::kUsage,
                fmt::format("anomalies: {} puts an event into quarantine; list those "
                            "with ledger-query quarantine",
                            text));
  }
  if (code) return *code;
  throw Error(Fault::kUsage, fmt::format("anomalies: no code '{}'{} (codes: {})", text,
                                         options::suggestion(text, names), fmt::join(names, ", ")));
}

[[noreturn]] void throw_not_found(const std::string& id, const Answer& answer) {
  throw Error(Fault::kNotFound, fmt::format("event: there is no '{}' up to {}; give an eventId or "
                                            "PARTITION:OFFSET of a folded event",
                                            id, to_text(answer.at)));
}

Answer find_any(Answering& answering, const std::string& id, const EventSink& sink) {
  Uuid event_id{};
  Partition partition{};
  Offset offset{};
  if (parse_uuid(id, event_id)) {
    return find_event(answering.views(), event_id, answering.as_of(), sink);
  }
  if (parse_event_address(id, partition, offset)) {
    return find_event(answering.views(), partition, offset, answering.as_of(), sink);
  }
  throw Error(Fault::kUsage, fmt::format("event: '{}' is neither an eventId (a UUID) nor "
                                         "PARTITION:OFFSET",
                                         id));
}

// The value as it stood on the topic, for ledger-emit decode: one, since nothing tells where the
// next one would begin.
Fault print_raw(Answering& answering, const std::string& id) {
  for (const std::string_view option : {"output", "select"}) {
    if (!answering.parsed().find_text(option)) continue;
    throw Error(Fault::kUsage,
                fmt::format("--raw: bytes have no members and no format; leave out --{} (it may "
                            "come from the environment or the config file)",
                            option));
  }
  if (isatty(STDOUT_FILENO) == 1) {
    throw Error(Fault::kUsage, "--raw: bytes are not for a terminal; add | ledger-emit decode");
  }
  bool null = false;
  std::vector<std::string> places;
  const Answer answer = find_any(answering, id, [&](const Event& event) {
    places.push_back(fmt::format("{}:{}", raw(event.partition), raw(event.kept.offset)));
    null = !event.kept.value;
    if (event.kept.value) answering.out().buffer() += *event.kept.value;
  });
  if (places.size() > 1) {
    throw Error(Fault::kUsage, fmt::format("--raw: {} events took the id '{}'; ask for one of {}",
                                           places.size(), id, fmt::join(places, ", ")));
  }
  answering.out().flush();
  if (answer.matched == 0) throw_not_found(id, answer);
  if (null) answering.note("the value is null");
  answering.note("at " + to_text(answer.at));
  return Fault::kNone;
}

}  // namespace

std::vector<std::string> anomaly_codes() {
  std::vector<std::string> names;
  for (const store::Code code : store::all_codes()) {
    if (!store::quarantines(code)) names.emplace_back(store::to_text(code));
  }
  return names;
}

Fault run_history(const options::Parsed& parsed) {
  HistoryRequest request;
  request.table = parse_table(parsed.operands()[0]);
  request.id = parsed.operands()[1];
  Answering answering(parsed);
  take_paging(answering, request);
  EventLines lines(answering.views(), EventLines::Kind::kHistory, parsed.find_text("select"));
  answering.begin(lines.columns());
  const Answer answer = history(answering.views(), request,
                                [&](const HistoryLine& line) { answering.line(lines.make(line)); });
  answering.end(answer, fmt::format("nothing found: no event of {} names '{}'",
                                    parsed.operands()[0], request.id));
  return check_expected(answering, answer);
}

Fault run_event(const options::Parsed& parsed) {
  const std::string& id = parsed.operands()[0];
  Answering answering(parsed);
  if (parsed.flag("raw")) return print_raw(answering, id);
  EventLines lines(answering.views(), EventLines::Kind::kEvents, parsed.find_text("select"), true);
  answering.begin(lines.columns(), true);
  const Answer answer =
      find_any(answering, id, [&](const Event& event) { answering.line(lines.make(event)); });
  answering.end(answer, {});
  if (answer.matched == 0) throw_not_found(id, answer);
  return Fault::kNone;
}

Fault run_events(const options::Parsed& parsed) {
  EventsRequest request;
  take_members(parsed.operands(), request.filter);
  return run_list(parsed, request, "nothing found: no such event");
}

Fault run_anomalies(const options::Parsed& parsed) {
  EventsRequest request;
  request.list = EventList::kAnomalies;
  if (!parsed.operands().empty()) request.code = anomaly_code(parsed.operands()[0]);
  return run_list(parsed, request, "nothing found: no such anomaly");
}

Fault run_quarantine(const options::Parsed& parsed) {
  EventsRequest request;
  request.list = EventList::kQuarantine;
  return run_list(parsed, request, "nothing found: the quarantine is empty");
}

}  // namespace ledger::query
