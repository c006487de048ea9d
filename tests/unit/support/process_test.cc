#include "tests/support/process.h"

#include <csignal>

#include <gtest/gtest.h>

namespace ledger::test {
namespace {

TEST(Process, LinesGoInAndComeOut) {
  Process cat({"cat"});
  cat.write("one\ntwo\n");
  EXPECT_EQ(cat.read_line(), "one");
  EXPECT_EQ(cat.read_line(), "two");
  cat.close_stdin();
  EXPECT_EQ(cat.read_line(), std::nullopt);
  EXPECT_EQ(cat.wait(), 0);
}

TEST(Process, AKilledChildReportsItsSignal) {
  Process sleeper({"sleep", "60"});
  EXPECT_TRUE(sleeper.running());
  sleeper.signal(SIGKILL);
  EXPECT_EQ(sleeper.wait(), 128 + SIGKILL);
}

TEST(Process, ABoundEndsAWaitForALine) {
  Process sleeper({"sleep", "60"});
  EXPECT_EQ(sleeper.read_line(std::chrono::milliseconds(10)), std::nullopt);
  EXPECT_THROW(sleeper.wait(seconds(0)), std::runtime_error);
}

TEST(Process, RunGivesCodeAndBothStreams) {
  const Finished finished =
      run({"sh", "-c", "cat; echo $NAME >&2; exit 3"}, "in", {.environment = {"NAME=value"}});
  EXPECT_EQ(finished.code, 3);
  EXPECT_EQ(finished.out, "in");
  EXPECT_EQ(finished.err, "value\n");
}

}  // namespace
}  // namespace ledger::test
