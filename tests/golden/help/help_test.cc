// --help of every program and command is what the files beside this say.
// LEDGER_UPDATE_GOLDEN=1 writes the files anew.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrograms[] = {"ledger-broker", "ledger-emit", "ledger-generate",
                                     "ledger-projector", "ledger-query"};
constexpr const char* kSourceMark = "SOURCE_DIR";  // for the path of the sources, in a fallback

fs::path folder() { return source_dir() / "tests" / "golden" / "help"; }

std::string help_of(const std::string& name, const std::string& command) {
  std::vector<std::string> argv = {program(name)};
  if (!command.empty()) argv.push_back(command);
  argv.emplace_back("--help");
  const Finished finished = run(argv);
  EXPECT_EQ(finished.code, 0) << name << " " << command;
  EXPECT_EQ(finished.err, "") << name << " " << command;
  std::string text = finished.out;
  const std::string source = source_dir().string();
  for (size_t at = text.find(source); at != std::string::npos; at = text.find(source)) {
    text.replace(at, source.size(), kSourceMark);
  }
  return text;
}

// The commands that a program's own help lists under `Usage:`.
std::set<std::string> commands_in(const std::string& help, const std::string& name) {
  std::set<std::string> commands;
  const std::vector<std::string> lines = lines_of(help);
  const std::string start = "  " + name + " ";
  auto line = std::find(lines.begin(), lines.end(), "Usage:");
  for (; line != lines.end() && !line->empty(); ++line) {
    if (!line->starts_with(start)) continue;
    const std::string word =
        line->substr(start.size(), line->find(' ', start.size()) - start.size());
    if (std::islower(static_cast<unsigned char>(word.front())) != 0) commands.insert(word);
  }
  return commands;
}

void compare(const std::string& file, const std::string& text) {
  const fs::path path = folder() / file;
  if (std::getenv("LEDGER_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path).write(text.data(), std::ssize(text));
  }
  const Finished diff = run({"diff", "-uN", path.string(), "-"}, text);
  EXPECT_EQ(diff.code, 0) << file << " differs:\n"
                          << diff.out
                          << "if this is meant: LEDGER_UPDATE_GOLDEN=1 ctest --preset release -R "
                             "Help, and commit the files";
}

TEST(Help, OfEveryProgramAndCommandIsAsWrittenDown) {
  std::set<std::string> files = {"CMakeLists.txt", "help_test.cc"};
  for (const std::string name : kPrograms) {
    const std::string help = help_of(name, "");
    compare(name + ".txt", help);
    files.insert(name + ".txt");
    for (const std::string& command : commands_in(help, name)) {
      const std::string file = fmt::format("{}.{}.txt", name, command);
      compare(file, help_of(name, command));
      files.insert(file);
    }
  }
  for (const auto& each : fs::directory_iterator(folder())) {
    const std::string file = each.path().filename().string();
    EXPECT_TRUE(files.contains(file)) << file << " is of no program or command; remove it";
  }
}

TEST(Help, IsACommandToo) {
  const std::string query = program("ledger-query");
  EXPECT_EQ(run({query, "help"}).out, run({query, "--help"}).out);
  EXPECT_EQ(run({query, "help", "find"}).out, run({query, "find", "--help"}).out);
}

}  // namespace
}  // namespace ledger::test
