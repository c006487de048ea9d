// README.md and ops/runbook.md say what the programs say: exit codes, messages, tests of promises.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "tests/support/process.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  const std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// All C++ files below the folders, one after the other.
std::string sources(const std::vector<std::string>& folders) {
  std::string text;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension == ".cc" || extension == ".h") text += read(entry.path());
    }
  }
  return text;
}

// The sources of the programs with literals that span lines joined, and without backticks.
std::string messages() {
  std::string text = sources({"events", "projector", "query", "schemas"});
  text = std::regex_replace(text, std::regex("\"[ \t]*\n[ \t]*\""), "");
  std::erase(text, '`');
  return text;
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t from = 0;
  for (size_t at = 0; (at = text.find(separator, from)) != std::string::npos;) {
    parts.push_back(text.substr(from, at - from));
    from = at + separator.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

// The messages in the first column of the tables headed `message`.
std::vector<std::string> quoted(const std::string& runbook) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string& line : split(runbook, "\n")) {
    if (!line.starts_with("| ")) inside = line.starts_with("|--") && inside;
    if (line.starts_with("| message |")) {
      inside = true;
    } else if (inside && line.starts_with("| ")) {
      const auto parts = split(line.substr(0, line.find(" | ")), "`");
      for (size_t i = 1; i < parts.size(); i += 2) found.push_back(parts[i]);
    }
  }
  return found;
}

TEST(Runbook, HasASectionForEveryExitCode) {
  const std::string runbook = read(source_dir() / "ops/runbook.md");
  for (const FaultRow& row : fault_table()) {
    const std::string name(row.meaning.substr(0, row.meaning.find_first_of(" ,")));
    EXPECT_NE(runbook.find(fmt::format("\n## Exit {}: ", exit_code(row.fault))), std::string::npos)
        << "ops/runbook.md has no section on exit code " << exit_code(row.fault) << ", " << name;
  }
}

TEST(Runbook, QuotesWhatTheProgramsSay) {
  const std::string all = messages();
  const auto found = quoted(read(source_dir() / "ops/runbook.md"));
  EXPECT_GT(found.size(), 50U);
  for (const std::string& message : found) {
    for (const std::string& part : split(message, "…")) {
      EXPECT_NE(all.find(part), std::string::npos)
          << "no program says `" << part << "` of `" << message << "`";
    }
  }
}

TEST(Documents, NameCommandsThatExist) {
  const std::regex use("(`|\n|\\| )(ledger-emit|ledger-projector|ledger-query) ([a-z]+)");
  const std::sregex_iterator end;
  int found = 0;
  for (const std::string document : {"README.md", "ops/runbook.md"}) {
    const std::string text = read(source_dir() / document);
    for (std::sregex_iterator it(text.begin(), text.end(), use); it != end; ++it, ++found) {
      const std::string help = fmt::format("{}.{}.txt", it->str(2), it->str(3));
      EXPECT_TRUE(fs::exists(source_dir() / "tests/golden/help" / help))
          << document << ": there is no command " << it->str(2) << ' ' << it->str(3);
    }
  }
  EXPECT_GT(found, 30);
}

TEST(Readme, NamesTestsThatExist) {
  const std::string all = sources({"tests"});
  const std::string readme = read(source_dir() / "README.md");
  const std::regex row("\\| P([1-8]) \\|[^\n]*");
  const std::regex name("`([A-Z][A-Za-z]*)\\.([A-Z][A-Za-z0-9]*)`");
  const std::sregex_iterator end;
  std::set<std::string> promises;  // that have a test
  for (std::sregex_iterator it(readme.begin(), readme.end(), row); it != end; ++it) {
    const std::string line = it->str();
    for (std::sregex_iterator each(line.begin(), line.end(), name); each != end; ++each) {
      promises.insert(it->str(1));
      const std::string test = fmt::format("({}, {})", each->str(1), each->str(2));
      EXPECT_NE(all.find(test), std::string::npos) << "README.md names no test " << each->str();
    }
  }
  EXPECT_EQ(promises.size(), 8U);
}

}  // namespace
}  // namespace ledger::test
