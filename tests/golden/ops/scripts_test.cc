// The scripts of ops/ say how they are written, and refuse what is not, before they do anything.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Finished script(const std::string& name, const std::string& argument) {
  return run({(source_dir() / "ops" / name).string(), argument});
}

TEST(Scripts, SayHowTheyAreWritten) {
  for (const std::string name : {"bench", "demo", "install", "kafka", "test"}) {
    for (const std::string flag : {"-h", "--help"}) {
      const Finished help = script(name, flag);
      EXPECT_EQ(help.code, 0) << name << ' ' << flag;
      EXPECT_THAT(help.out, StartsWith(fmt::format("ops/{} ", name)));
      EXPECT_EQ(help.err, "") << name << ' ' << flag;
    }
  }
}

TEST(Scripts, RefuseATypingErrorBeforeAnythingIsDone) {
  const std::pair<const char*, const char*> kWrong[] = {{"bench", "--quik"},
                                                        {"demo", "--kafk"},
                                                        {"install", "--tid"},
                                                        {"kafka", "start"},
                                                        {"test", "--ful"}};
  for (const auto& [name, argument] : kWrong) {
    const Finished refused = script(name, argument);
    EXPECT_EQ(refused.code, 2) << name;
    EXPECT_EQ(refused.out, "") << name;
    EXPECT_THAT(refused.err, HasSubstr(fmt::format("ops/{}: ", name)));
    EXPECT_THAT(refused.err, ::testing::Not(HasSubstr("CMake"))) << name;
  }
}

}  // namespace
}  // namespace ledger::test
