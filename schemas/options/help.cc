#include <capnp/common.h>
#include <capnp/schema.h>
#include <fmt/format.h>
#include <boost/version.hpp>

#include "schemas/options/options.h"
#include "schemas/options/sources.h"
#include "schemas/wire/event.capnp.h"
#include "schemas/wire/record.capnp.h"

namespace ledger::options {

namespace {

std::string option_lines(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    std::string left = option.letter == '\0' ? "    " : fmt::format("-{}, ", option.letter);
    left += "--" + option.name;
    if (!option.value_name.empty()) left += " " + option.value_name;
    std::string right = option.help;
    if (!option.choices.empty()) right += fmt::format(": {}", fmt::join(option.choices, ", "));
    if (!option.fallback.empty()) right += fmt::format(" ({})", option.fallback);
    out += fmt::format("  {:<30}{}{}\n", left, left.size() >= 30 ? "  " : "", right);
  }
  out += fmt::format("  {:<30}{}\n", "-h, --help", "this text");
  out += fmt::format("  {:<30}{}\n", "    --version", "versions of formats and libraries");
  return out;
}

std::string usage_line(const Program& program, const Command& command) {
  std::string line = "  " + program.name;
  if (!command.name.empty()) line += " " + command.name;
  if (!command.operands.empty()) line += " " + command.operands;
  return line;
}

std::string examples_of(const Program& program, const Command* command) {
  std::string out;
  for (const Example& example : program.examples) {
    const std::string start = command == nullptr || command->name.empty()
                                  ? ""
                                  : fmt::format("{} {} ", program.name, command->name);
    if ((example.command + " ").find(start) == std::string::npos) continue;
    out += fmt::format("  {}\n      {}\n", example.command, example.meaning);
  }
  return out.empty() ? out : "Examples:\n" + out + "\n";
}

std::string title(const Program& program, const Command* command) {
  if (command == nullptr || command->summary.empty()) {
    return fmt::format("{}: {}\n\n", program.name, program.summary);
  }
  const std::string space = command->name.empty() ? "" : " ";
  return fmt::format("{}{}{}: {}\n\n", program.name, space, command->name, command->summary);
}

std::string exit_codes() {
  std::string out = "\nExit codes:\n";
  for (const FaultRow& row : fault_table()) {
    out += fmt::format("  {:>3}  {}\n", exit_code(row.fault), row.meaning);
  }
  return out;
}

}  // namespace

std::string help_text(const Program& program, const Command* command) {
  if (command == nullptr && program.commands.size() == 1) command = program.commands.data();
  std::string out = examples_of(program, command);
  out += title(program, command);
  out += "Usage:\n";
  for (const Command& each : program.commands) {
    if (command != nullptr && command != &each) continue;
    const std::string line = usage_line(program, each);
    out += command != nullptr
               ? fmt::format("{} [OPTION...]\n", line)
               : fmt::format("{:<44}{}{}\n", line, line.size() >= 44 ? "  " : "", each.summary);
  }
  if (command != nullptr && !command->details.empty()) out += "\n" + command->details + "\n";
  std::vector<Option> options = with_standard(program.common);
  if (command != nullptr) {
    options.insert(options.begin(), command->options.begin(), command->options.end());
  } else {
    out += fmt::format("\n`{} COMMAND --help` lists the options of a command.\n", program.name);
  }
  out += "\nOptions:\n" + option_lines(options);
  out +=
      "\nA flag goes before the environment (LEDGER_ and the option's name, like LEDGER_CONFIG), "
      "the\n"
      "environment before a line `name = value` of the --config file.\n";
  return out + exit_codes();
}

std::string version_text(const Program& program) {
  std::string out = fmt::format("{} {}\n", program.name, LEDGER_VERSION);
  out += fmt::format("schema Event {:#x}, ContentAudio {:#x}, UserContentAudio {:#x}\n",
                     capnp::typeId<wire::Event>(), capnp::typeId<wire::ContentAudio>(),
                     capnp::typeId<wire::UserContentAudio>());
  for (const auto& [name, version] : program.versions) out += fmt::format("{} {}\n", name, version);
  out += fmt::format("Cap'n Proto {}.{}.{}, fmt {}.{}.{}, Boost {}.{}.{}\n", CAPNP_VERSION_MAJOR,
                     CAPNP_VERSION_MINOR, CAPNP_VERSION_MICRO, FMT_VERSION / 10000,
                     FMT_VERSION / 100 % 100, FMT_VERSION % 100, BOOST_VERSION / 100000,
                     BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  return out;
}

}  // namespace ledger::options
