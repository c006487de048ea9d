#include "tests/support/generate/repeats.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace ledger::generate {
namespace {

TEST(Repeats, MakeExactlyTheirShareOfLinesAndLieCloseBehind) {
  constexpr uint64_t kLines = 10'000;
  constexpr double kShare = 0.03;
  const uint64_t fresh = kLines - Repeats::of(kLines, kShare);
  Repeats repeats(kShare, 42);
  uint64_t repeated = 0;
  for (uint64_t i = 0; i < fresh; ++i) {
    const std::string* repeat = repeats.after(std::to_string(i));
    if (repeat == nullptr) continue;
    ++repeated;
    const uint64_t line = std::strtoull(repeat->c_str(), nullptr, 10);
    EXPECT_LE(line, i);
    EXPECT_GT(line + Repeats::kBack, i);
  }
  EXPECT_EQ(fresh + repeated, kLines);
  EXPECT_EQ(repeated, 300u);
}

TEST(Repeats, NoShareNoRepeats) {
  Repeats repeats(0, 42);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(repeats.after("line"), nullptr);
}

}  // namespace
}  // namespace ledger::generate
