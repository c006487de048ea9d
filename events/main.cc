// ledger-emit: makes ledgers and sends events to them.
#include "events/commands.h"
#include "events/log/instance.h"

namespace ledger::events {

namespace {

using options::Kind;

options::Command init_command() {
  options::Command command;
  command.name = "init";
  command.summary = "make the topic a ledger; finishes an init that died, changes no complete one";
  command.options = {
      options::brokers_option(),
      options::topic_option(),
      options::properties_option(),
      {"partitions", Kind::kCount, "N", "partitions of a new topic, for ever (16)"},
      {"replication", Kind::kCount, "N", "copies of each partition of a new topic", "1"},
      {"min-insync", Kind::kCount, "N", "copies that acknowledge, of a new topic", "1"},
      give_up_option()};
  command.run = run_init;
  return command;
}

options::Command send_command() {
  options::Command command;
  command.name = "send";
  command.operands = "[FILE|-]";
  command.operands_max = 1;
  command.summary = "send lines of JSON; one result line each on stdout, in order";
  command.options = {
      options::brokers_option(),
      options::topic_option(),
      options::properties_option(),
      {"queue", Kind::kSize, "SIZE", "take no further line while so much is not acknowledged",
       "64MiB"},
      {"skip-invalid", Kind::kFlag, "", "go on after an invalid line; exit 3 at the end"},
      give_up_option()};
  for (const options::Option& option : line_options()) command.options.push_back(option);
  command.run = run_send;
  return command;
}

options::Command validate_command() {
  options::Command command;
  command.name = "validate";
  command.operands = "[FILE|-]";
  command.operands_max = 1;
  command.summary = "check lines without brokers; a result line for each invalid one";
  command.options = line_options();
  command.options.push_back(
      {"fill", Kind::kFlag, "", "print the valid lines with what they left out filled in"});
  command.run = run_validate;
  return command;
}

options::Program program() {
  options::Program program;
  program.name = kProgram;
  program.summary = "makes ledgers and sends events to them";
  program.examples = {{"ledger-emit init --brokers 127.0.0.1:9092 --partitions 16", "a new ledger"},
                      {"ledger-emit send --brokers 127.0.0.1:9092 events.ndjson", "send a file"},
                      {"worker | ledger-emit send --source worker/1.4 --actor service:tts-3",
                       "send what a worker prints, brokers from LEDGER_BROKERS"},
                      {"ledger-emit validate --fill events.ndjson > filled.ndjson",
                       "fill in event ids and times, so that sending the file twice is harmless"},
                      {"ledger-emit decode < value.bin", "one raw value of the topic as JSON"}};
  options::Command decode;
  decode.name = "decode";
  decode.summary = "one raw value on stdin as JSON";
  decode.run = run_decode;
  options::Command schema;
  schema.name = "schema";
  schema.summary = "JSON Schema of a line";
  schema.run = run_schema;
  program.commands = {init_command(), send_command(), validate_command(), decode, schema};
  program.versions = {{"librdkafka", log::librdkafka_version()}};
  return program;
}

}  // namespace

}  // namespace ledger::events

int main(int argc, char** argv) {
  return ledger::options::run_main(ledger::events::program(), argc, argv);
}
