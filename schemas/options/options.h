// Command lines as data: a program declares its commands and options in one table; parsing, --help,
// --version, the environment and the config file all come from that table.
//
//   flag > LEDGER_<NAME> environment > --config file > fallback
//
// Config file: `name = value` lines and # comments. Lines before any section are for every program
// of the ledger; lines under [ledger-emit] are for that program only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/error.h"

namespace ledger::options {

enum class Kind : uint8_t {
  kFlag,        // no value; on, 1, true, yes in the environment and the config file
  kText,        //
  kCount,       // a whole number >= 0
  kSize,        // 64MiB
  kDuration,    // 5ms
  kList,        // may stand several times; one a line in the environment
  kProperties,  // PROP=VALUE or PROP=@FILE, may stand several times; all sources are merged
};

struct Option {
  std::string name;  // without dashes; lower-case letters and '-'
  Kind kind = Kind::kText;
  std::string value_name;                 // how --help names the value: "DIR"
  std::string help;                       // one sentence, no full stop
  std::string fallback = {};              // "" = none
  char letter = '\0';                     // a second, one-letter name
  std::vector<std::string> choices = {};  // the only legal values, if any
};

// The options that several programs share, worded once.
Option views_option();       // --views DIR
Option brokers_option();     // --brokers LIST
Option topic_option();       // --topic NAME
Option properties_option();  // -X PROP=VALUE: any librdkafka property

// What a command line, the environment and the config file came to. Values are checked for their
// kind before a command runs. Precondition of each accessor (asserted): the command declares `name`
// with that kind.
class Parsed {
 public:
  bool flag(std::string_view name) const;
  // Throws: Error{kUsage} naming all three ways to give it, when it is neither given nor has a
  // fallback.
  std::string text(std::string_view name) const;
  uint64_t count(std::string_view name) const;
  uint64_t size(std::string_view name) const;
  std::chrono::microseconds duration(std::string_view name) const;
  // The same for options that may be left out.
  std::optional<std::string> find_text(std::string_view name) const;
  std::optional<uint64_t> find_count(std::string_view name) const;
  std::optional<uint64_t> find_size(std::string_view name) const;
  std::optional<std::chrono::microseconds> find_duration(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  // In the order of rising precedence; @FILE is already the file's content without its last line
  // break.
  const std::vector<std::pair<std::string, std::string>>& properties() const { return properties_; }

  bool declares(std::string_view name) const { return values_.contains(name); }
  const std::string& command() const { return command_; }
  const std::vector<std::string>& operands() const { return operands_; }
  bool quiet() const { return flag("quiet"); }

 private:
  friend class Parser;
  struct Value {
    Kind kind = Kind::kText;
    std::vector<std::string> texts;  // empty = not given
  };
  const Value& at(std::string_view name, Kind kind) const;

  std::string command_;
  std::vector<std::string> operands_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::pair<std::string, std::string>> properties_;
};

struct Command {
  std::string name;      // "" for the one command of a program without commands
  std::string operands;  // as --help shows them: "[FILE|-]"
  size_t operands_min = 0;
  size_t operands_max = 0;
  std::string summary;
  std::vector<Option> options;
  std::function<Fault(const Parsed&)> run;  // what it returns is the exit code
  std::string details = {};                 // lines of --help below the usage: what operands may be
};

struct Example {
  std::string command;  // "ledger-emit init --partitions 16"
  std::string meaning;
};

struct Program {
  std::string name;
  std::string summary;
  std::vector<Example> examples;
  std::vector<Option> common;  // of every command; --config, -q, --help and --version are added
  std::vector<Command> commands;
  // Lines of --version beside what all programs print (program, schema ids, Cap'n Proto): {"fold",
  // "1"}, {"LMDB", "0.9.24"}.
  std::vector<std::pair<std::string, std::string>> versions;
};

// Throws: Error{kUsage} with the nearest name when an option, a command or a config line is
// unknown; also for a wrong value, a missing operand, a secret in argv.
Parsed parse(const Program& program, const std::vector<std::string>& arguments);

// Text of --help for the program (command = nullptr) or one command.
std::string help_text(const Program& program, const Command* command);
std::string version_text(const Program& program);

// The whole main(): ignores SIGPIPE, parses, runs the command, prints an Error as `NAME: message`
// on stderr, flushes stdout. A reader of stdout that went away ends the program quietly (5), any
// other write error loudly. Returns: the exit code.
int run_main(const Program& program, int argc, char** argv);

}  // namespace ledger::options
