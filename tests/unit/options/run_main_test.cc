#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

#include "schemas/base/assert.h"
#include "schemas/options/options.h"

namespace ledger::options {
namespace {

// Ends as a program whose one command does `act`.
template <typename Act>
[[noreturn]] void run_program(Act act) {
  Program program;
  program.name = "program";
  program.commands = {{"", "", 0, 0, "acts", {}, [act](const Parsed&) {
                         act();
                         return Fault::kNone;
                       }}};
  std::string name = "program";
  char* argv[] = {name.data(), nullptr};
  std::exit(run_main(program, 1, argv));
}

void contradict() {
  const int two = 2;
  LEDGER_ASSERT(two == 3, "two {}", two);
}

TEST(RunMainDeathTest, AFailedAssertionEndsAsABug) {
  EXPECT_EXIT(run_program(contradict), testing::ExitedWithCode(exit_code(Fault::kBug)),
              "bug: .*run_main_test.cc:[0-9]*: two == 3 is false \\(two 2\\)");
}

TEST(RunMainDeathTest, AnUnexpectedExceptionEndsAsABug) {
  EXPECT_EXIT(run_program([] { throw std::runtime_error("odd"); }),
              testing::ExitedWithCode(exit_code(Fault::kBug)), "program: bug: odd");
}

TEST(RunMainDeathTest, AbortsWhereACoreIsWanted) {
  setenv("LEDGER_CORE", "1", 1);
  EXPECT_EXIT(run_program(contradict), testing::KilledBySignal(SIGABRT), "two == 3");
  unsetenv("LEDGER_CORE");
}

}  // namespace
}  // namespace ledger::options
