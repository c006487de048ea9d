#include <cstdio>

#include <fmt/format.h>

#include "events/commands.h"
#include "events/log/topic_settings.h"
#include "schemas/base/error.h"
#include "schemas/event/limits.h"
#include "schemas/options/output.h"

namespace ledger::events {

namespace {

// Why before any line: a flag that breaks a limit would make every line invalid.
void check_defaults(const event::LineDefaults& defaults) {
  event::Event event;  // of which nothing else breaks one
  event.occurred_at = 1;
  event.source = "any";
  event.actor = {event::ActorKind::kSystem, "any"};
  if (defaults.source) event.source = *defaults.source;
  if (defaults.actor_id) event.actor.id = *defaults.actor_id;
  event.payload = event::AudioDeleted{"any", "any"};
  const auto violation = event::check_limits(event);
  if (!violation) return;
  throw Error(Fault::kUsage,
              fmt::format("--{}: {} {}", violation->field == "source" ? "source" : "actor",
                          violation->field, violation->reason));
}

}  // namespace

std::vector<options::Option> line_options() {
  return {{"source", options::Kind::kText, "NAME/VERSION", "source of lines that have none"},
          {"actor", options::Kind::kText, "KIND:ID",
           "actor of lines that have none; KIND is service, user, operator or system"}};
}

event::LineDefaults line_defaults(const options::Parsed& parsed) {
  event::LineDefaults defaults;
  defaults.source = parsed.find_text("source");
  if (const auto actor = parsed.find_text("actor")) {
    const size_t colon = actor->find(':');
    defaults.actor_kind = event::actor_kind_from(actor->substr(0, colon));
    if (!defaults.actor_kind || colon == std::string::npos || colon + 1 == actor->size()) {
      throw Error(Fault::kUsage,
                  fmt::format("--actor {}: write KIND:ID, KIND one of service, user, operator, "
                              "system",
                              *actor));
    }
    defaults.actor_id = actor->substr(colon + 1);
  }
  check_defaults(defaults);
  return defaults;
}

options::Option give_up_option() {
  return {"give-up-after", options::Kind::kDuration, "TIME",
          "exit 5 after so long without an answer from the brokers; else it waits for ever"};
}

std::optional<std::chrono::milliseconds> give_up_after(const options::Parsed& parsed) {
  const auto given = parsed.find_duration("give-up-after");
  if (!given) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*given);
}

void check_topic_settings(log::Client& client, bool quiet) {
  const log::SettingsReport report = log::check_settings(client);
  log::refuse_contradictions(client, report);
  if (report.unreadable.empty() || quiet) return;
  options::say(
      fmt::format("{}: warning: topic {}: its settings cannot be read ({}); check them by hand\n",
                  kProgram, client.connection().topic, report.unreadable));
}

std::string input_file(const options::Parsed& parsed) {
  return parsed.operands().empty() ? "-" : parsed.operands().front();
}

}  // namespace ledger::events
