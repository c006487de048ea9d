// ledger-projector: folds the log into views.
#include <fmt/format.h>

#include "projector/fold/fold.h"
#include "projector/rebuild/rebuild.h"
#include "projector/run/run.h"
#include "schemas/options/options.h"
#include "schemas/store/reader.h"

namespace ledger {

namespace {

using options::Kind;

constexpr uint64_t kBatchEventsMax = 1'000'000'000;
constexpr uint64_t kThreadsMax = 1024;
constexpr uint64_t kMemoryMin = uint64_t{4} << 20;

const options::Option kBatchEvents = {"batch-events", Kind::kCount, "N",
                                      "events of one transaction at most", "50000"};
const options::Option kMemory = {"memory", Kind::kSize, "SIZE",
                                 "what the bulk path folds in memory at a time", "1GiB"};
const options::Option kThreads = {"threads", Kind::kCount, "N",
                                  "threads that fold (one per partition; of a fill, one per core)"};

size_t bounded(const options::Parsed& parsed, std::string_view name, uint64_t max) {
  const auto given = parsed.find_count(name);
  if (!given) return 0;
  if (*given >= 1 && *given <= max) return static_cast<size_t>(*given);
  throw Error(Fault::kUsage, fmt::format("--{} {}: give 1 to {}", name, *given, max));
}

size_t memory(const options::Parsed& parsed) {
  const uint64_t bytes = parsed.size("memory");
  if (bytes >= kMemoryMin) return static_cast<size_t>(bytes);
  throw Error(Fault::kUsage, "--memory: give 4MiB or more");
}

Fault run_run(const options::Parsed& parsed) {
  run::RunOptions options;
  options.connection = log::connection_from(parsed);
  options.views = parsed.text("views");
  options.until_end = parsed.flag("until-end");
  for (const std::string& text : parsed.list("accept-gap")) {
    options.accepted_gaps.push_back(consumer::parse_accepted_gap(text));
  }
  options.batch_events = bounded(parsed, "batch-events", kBatchEventsMax);
  options.bulk_from = bounded(parsed, "bulk-from", kBatchEventsMax);
  options.memory = memory(parsed);
  options.threads = bounded(parsed, "threads", kThreadsMax);
  if (const auto longest = parsed.find_duration("give-up-after")) {
    options.give_up_after = std::chrono::duration_cast<std::chrono::milliseconds>(*longest);
  }
  options.quiet = parsed.quiet();
  const options::Interrupt interrupt;  // before librdkafka starts threads
  return run::run(options, interrupt);
}

Fault run_rebuild(const options::Parsed& parsed) {
  rebuild::RebuildOptions options;
  options.views = parsed.text("views");
  options.keep = static_cast<size_t>(parsed.count("keep"));
  options.memory = memory(parsed);
  options.threads = bounded(parsed, "threads", kThreadsMax);
  options.accept_differences = parsed.flag("accept-differences");
  options.quiet = parsed.quiet();
  const options::Interrupt interrupt;
  return rebuild::rebuild(options, interrupt);
}

options::Command run_command() {
  options::Command command;
  command.name = "run";
  command.summary = "follow the log and keep the views at its end; SIGINT and SIGTERM stop it (0)";
  command.options = {
      options::brokers_option(),
      options::topic_option(),
      options::properties_option(),
      {"until-end", Kind::kFlag, "",
       "stop once all is folded that the log has at the start; 130 or 143 when stopped before"},
      {"accept-gap", Kind::kList, "P:FROM-TO",
       "go on although the events [FROM, TO) of partition P are lost; recorded for ever"},
      {"give-up-after", Kind::kDuration, "TIME",
       "exit 5 after so long without an answer from the brokers; else it waits for ever"},
      kBatchEvents,
      {"bulk-from", Kind::kCount, "N",
       "events behind from which on a new generation is made in bulk, if that pays", "200000"},
      kMemory,
      kThreads};
  command.run = run_run;
  return command;
}

options::Command rebuild_command() {
  options::Command command;
  command.name = "rebuild";
  command.summary = "make the views anew from the kept log; a living `run` goes on and follows";
  command.options = {{"keep", Kind::kCount, "N", "previous generations that stay on disk", "1"},
                     {"accept-differences", Kind::kFlag, "",
                      "publish also when a digest differs from the live generation's"},
                     kMemory,
                     {"threads", Kind::kCount, "N", "threads that fold (one per core)"}};
  command.run = run_rebuild;
  return command;
}

options::Program program() {
  options::Program program;
  program.name = "ledger-projector";
  program.summary = "folds the log into views";
  program.examples = {
      {"ledger-projector run --brokers 127.0.0.1:9092 --views views", "follow the log"},
      {"ledger-projector run --until-end --brokers 127.0.0.1:9092 --views views",
       "fold what is there, then stop"},
      {"ledger-projector rebuild --views views", "make the views anew from the kept log"},
      {"ledger-projector run -X security.protocol=SASL_SSL -X sasl.password=@/run/secrets/kafka "
       "...",
       "secrets come from files"}};
  program.common = {options::views_option()};
  program.commands = {run_command(), rebuild_command()};
  program.versions = {{"fold", fmt::format("{}", fold::kFoldVersion)},
                      {"view format", fmt::format("{}", store::kFormatVersion)},
                      {"LMDB", store::lmdb_version()},
                      {"LZ4", store::lz4_version()},
                      {"librdkafka", log::librdkafka_version()}};
  return program;
}

}  // namespace

}  // namespace ledger

int main(int argc, char** argv) { return ledger::options::run_main(ledger::program(), argc, argv); }
