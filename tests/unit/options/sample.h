// A small program with every kind of option, for the tests of the command line.
#pragma once

#include "schemas/options/options.h"

namespace ledger::options {

inline Program sample_program() {
  Program program;
  program.name = "ledger-emit";
  program.summary = "sends events";
  program.examples = {{"ledger-emit send events.ndjson", "sends a file"}};
  program.common = {brokers_option(), topic_option(), properties_option()};
  Command send;
  send.name = "send";
  send.operands = "[FILE|-]";
  send.operands_max = 1;
  send.summary = "send lines";
  send.options = {{"linger", Kind::kDuration, "TIME", "how long a batch waits", "5ms"},
                  {"queue", Kind::kSize, "SIZE", "how much may be under way", "64MiB"},
                  {"limit", Kind::kCount, "N", "how many"},
                  {"format", Kind::kText, "F", "output", "", 'o', {"json", "table"}},
                  {"gt", Kind::kList, "F=V", "a bound"},
                  {"skip-invalid", Kind::kFlag, "", "go on"}};
  send.run = [](const Parsed&) { return Fault::kNone; };
  Command schema;
  schema.name = "schema";
  schema.summary = "print the schema";
  schema.run = send.run;
  program.commands = {send, schema};
  return program;
}

}  // namespace ledger::options
