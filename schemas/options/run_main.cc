#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <fmt/format.h>
#include <unistd.h>

#include "schemas/options/bus_error.h"
#include "schemas/options/options.h"
#include "schemas/options/output.h"

namespace ledger::options {

namespace {

bool has_argument(const std::vector<std::string>& arguments, std::string_view long_name,
                  std::string_view letter) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::any_of(arguments.begin(), end, [&](const std::string& argument) {
    return argument == long_name || (!letter.empty() && argument == letter);
  });
}

const Command* named_command(const Program& program, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    for (const Command& command : program.commands) {
      if (!command.name.empty() && command.name == argument) return &command;
    }
  }
  return nullptr;
}

// `ledger-query help find` too, of a program that has commands.
bool asks_for_help(const Program& program, const std::vector<std::string>& arguments) {
  const bool has_commands = !program.commands.front().name.empty();
  const bool first = has_commands && !arguments.empty() && arguments.front() == "help";
  return first || has_argument(arguments, "--help", "-h");
}

Fault run_command(const Program& program, const std::vector<std::string>& arguments) {
  Output out;
  if (asks_for_help(program, arguments)) {
    out.write(help_text(program, named_command(program, arguments)));
    out.flush();
    return Fault::kNone;
  }
  if (has_argument(arguments, "--version", "")) {
    out.write(version_text(program));
    out.flush();
    return Fault::kNone;
  }
  const Parsed parsed = parse(program, arguments);
  for (const Command& command : program.commands) {
    if (command.name == parsed.command()) return command.run(parsed);
  }
  return Fault::kBug;
}

// A failed assertion, and all else that aborts, is a bug, and says so by the exit code too. Where a
// core is wanted, abort() is left as it is.
void end_aborts_as_bug() {
  if (std::getenv("LEDGER_CORE") != nullptr) return;
  std::signal(SIGABRT, [](int) { _exit(exit_code(Fault::kBug)); });
}

void complain(const Program& program, std::string_view message) {
  std::fflush(stdout);
  say(fmt::format("{}: {}\n", program.name, printable(message)));
}

}  // namespace

int run_main(const Program& program, int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond `ulimit -f` fails as on a full disk
  explain_bus_errors();
  end_aborts_as_bug();
  Fault fault = Fault::kNone;
  try {
    fault = run_command(program, {argv + 1, argv + argc});
  } catch (const OutputClosed&) {
    fault = Fault::kUnavailable;
  } catch (const Error& error) {
    complain(program, error.what());
    fault = error.fault();
  } catch (const std::exception& error) {
    complain(program, fmt::format("bug: {}; please report it with the command line", error.what()));
    fault = Fault::kBug;
  }
  if (std::fflush(stdout) != 0 && fault == Fault::kNone) fault = Fault::kUnavailable;
  return exit_code(fault);
}

}  // namespace ledger::options
