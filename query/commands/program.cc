// The command table of ledger-query: parsing and --help come from it.
#include <fmt/format.h>

#include "query/commands/answering.h"
#include "query/commands/commands.h"
#include "query/event_filter.h"
#include "schemas/store/layout.h"
#include "schemas/store/reader.h"

namespace ledger::query {

namespace {

using options::Command;
using options::Kind;
using options::Option;

constexpr size_t kConditionsMax = 64;
constexpr size_t kWidth = 80;  // of --help

const std::vector<Option> kWindow = {
    {"since", Kind::kText, "TIME", "from then on: a time, now-1h, or 1h"},
    {"until", Kind::kText, "TIME", "before then"},
    {"actor", Kind::kText, "KIND[:ID]", "done by this actor, like service:tts-3"},
};
const Option kAll = {"all", Kind::kFlag, "", "no limit, also in a table"};
const Option kBy = {"by", Kind::kText, "FIELD", "a count per value of the field"};
const Option kRaw = {"raw", Kind::kFlag, "", "the value's bytes, for ledger-emit decode"};
const Option kShards = {"shards", Kind::kFlag, "", "a line per shard"};
const Option kWait = {"wait", Kind::kDuration, "TIME", "how long to wait for --at", "0s"};

const std::string kTables =
    "TABLE is contentAudios or userContentAudios; `ledger-query indexes` lists the indexes of "
    "each.";

// `what` and the names, broken into lines.
std::string listing(const std::string& what, const std::vector<std::string>& names) {
  std::string text = what;
  size_t width = what.size();
  for (const std::string& name : names) {
    const bool breaks = width + name.size() + 2 > kWidth;
    text += (breaks ? "\n  " : " ") + name + (&name == &names.back() ? "" : ",");
    width = (breaks ? 2 : width + 1) + name.size() + 1;
  }
  return text;
}

std::vector<Command> row_commands() {
  return {
      {"get", "TABLE ID", 2, 2, "the live row with that _id (1 if there is none)",
       join({output_options(), {select_option()}, reading_options()}), run_get, kTables},
      {"find", "TABLE [FIELD=VALUE...]", 1, kConditionsMax, "rows by an index, in its order",
       join({condition_options(),
             output_options(),
             {select_option(), expect_option()},
             paging_options(),
             reading_options()}),
       run_find, kTables},
      {"count", "TABLE [FIELD=VALUE...]", 1, kConditionsMax, "how many rows find would give",
       join({{kBy},
             condition_options(),
             output_options(),
             {expect_option(), kAll},
             reading_options()}),
       run_count, kTables},
  };
}

std::vector<Command> event_commands() {
  const auto listed = join(
      {output_options(), {select_option(), expect_option()}, paging_options(), reading_options()});
  return {
      {"history", "TABLE ID", 2, 2, "each event of a record, and what it changed", listed,
       run_history, kTables},
      {"event", "ID|P:OFFSET", 1, 1, "one event, and what became of it",
       join({{kRaw}, output_options(), {select_option()}, reading_options()}), run_event},
      {"events", "[MEMBER=VALUE...]", 0, kConditionsMax, "events in order of log time",
       join({kWindow, listed}), run_events, listing("MEMBER is one of", event_member_names())},
      {"anomalies", "[CODE]", 0, 1, "events that broke a domain rule", join({kWindow, listed}),
       run_anomalies, listing("CODE is one of", anomaly_codes())},
      {"quarantine", "", 0, 0, "events that could not be folded", join({kWindow, listed}),
       run_quarantine},
  };
}

std::vector<Command> state_commands() {
  return {
      {"digest", "", 0, 0, "digest of each view: equal views, equal digests",
       join({output_options(),
             {kShards, {"at", Kind::kText, "V", "only when the views stand exactly at V"}, kWait}}),
       run_digest},
      {"indexes", "", 0, 0, "tables, their indexes and the fields of each", output_options(),
       run_indexes},
      {"status", "", 0, 0, "how far the views and the projector are",
       join({output_options(),
             {kShards,
              {"lag-max", Kind::kCount, "N", "exit 4 if more events are not folded"},
              {"heartbeat-max", Kind::kDuration, "TIME",
               "exit 4 if the projector has been silent for longer"},
              {"behind-max", Kind::kDuration, "TIME",
               "exit 4 if the log was last folded to its end longer ago"}}}),
       run_status},
  };
}

const std::vector<options::Example> kExamples = {
    {"ledger-query get contentAudios a1 --views views", "the row as it stands"},
    {"ledger-query history contentAudios a1 --views views", "what happened to it, and who did it"},
    {"ledger-query find contentAudios status=generating_speech --lt updatedAt=now-1h --views views",
     "jobs that have been stuck for over an hour"},
    {"ledger-query find userContentAudios userId=u7 --reverse --limit 10 -o json --views views",
     "a page; its `next` goes into --cursor for the page after it"},
    {"ledger-query count contentAudios --by status --views views", "rows per status"},
    {"ledger-query get contentAudios a1 --as-of 2026-02-10T10:00:00+07:00 --views views",
     "the row as it stood then"},
    {"ledger-query events --since 1h --actor service:tts-3 payload=statusChanged --views views",
     "what one worker did in the last hour"},
    {"ledger-query anomalies illegal_transition --since 7d --views views",
     "moves of the last week that no job may make"},
    {"ledger-query quarantine -o json --views views", "what could not be folded, and its bytes"},
    {"ledger-query status --lag-max 1000 --heartbeat-max 30s --views views",
     "a health check: 4 when the projector is behind or silent"},
    {"ledger-query indexes --views views", "what can be asked without reading every row"},
    {"ledger-query digest --at 0:123,1:456 --views views",
     "two directories with equal digests hold equal views"},
    {"ledger-query event 0:122 --raw --views views | ledger-emit decode",
     "one event from its bytes"},
};

}  // namespace

options::Program query_program() {
  options::Program program;
  program.name = "ledger-query";
  program.summary = "answers from the views of the audio ledger; needs no Kafka";
  program.examples = kExamples;
  program.common = {options::views_option()};
  for (const auto& commands : {row_commands(), event_commands(), state_commands()}) {
    program.commands.insert(program.commands.end(), commands.begin(), commands.end());
  }
  program.versions = {{"fold", "that of the views: see ledger-query status"},
                      {"view format", fmt::format("{}", store::kFormatVersion)},
                      {"LMDB", store::lmdb_version()},
                      {"LZ4", store::lz4_version()}};
  return program;
}

}  // namespace ledger::query
