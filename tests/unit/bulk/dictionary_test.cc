#include "projector/bulk/dictionary.h"

#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

using testing::ElementsAre;

TEST(Dictionary, EqualBytesGetTheSameNumberAndOthersTheNext) {
  Dictionary dictionary;
  EXPECT_EQ(dictionary.number("b"), 0U);
  EXPECT_EQ(dictionary.number("a"), 1U);
  EXPECT_EQ(dictionary.number(""), 2U);
  EXPECT_EQ(dictionary.number("b"), 0U);
  EXPECT_EQ(dictionary.number(""), 2U);
  EXPECT_EQ(dictionary.size(), 3U);
  EXPECT_EQ(dictionary.at(1), "a");
}

TEST(Dictionary, RanksAreTheOrderOfBytes) {
  Dictionary dictionary;
  for (const char* text : {"c", "\xff", "a", "ab"}) dictionary.number(text);
  EXPECT_THAT(dictionary.rank(), ElementsAre(2, 3, 0, 1));
  EXPECT_EQ(dictionary.at(0), "a");
  EXPECT_EQ(dictionary.at(1), "ab");
  EXPECT_EQ(dictionary.at(3), "\xff");
}

TEST(Dictionary, ManyTextsKeepTheirNumbersWhileItGrows) {
  constexpr uint32_t kTexts = 20000;
  Dictionary dictionary;
  std::set<std::string> sorted;
  for (uint32_t i = 0; i < kTexts; ++i) {
    const std::string text = "user-" + std::to_string(i * 7919 % kTexts);
    EXPECT_EQ(dictionary.number(text), i);
    sorted.insert(text);
  }
  EXPECT_EQ(dictionary.number("user-7919"), 1U);
  dictionary.rank();
  uint32_t rank = 0;
  for (const std::string& text : sorted) EXPECT_EQ(dictionary.at(rank++), text);
  EXPECT_EQ(dictionary.size(), kTexts);
}

// What an arena takes at once is more than a few texts need.
TEST(Dictionary, BytesGrowWithTextsThatAreNotThereYet) {
  constexpr size_t kTexts = 5000;
  constexpr size_t kSize = 1000;
  Dictionary dictionary;
  EXPECT_EQ(dictionary.bytes(), 0U);
  const auto text = [](size_t i) { return std::to_string(i).append(kSize, 'x'); };
  for (size_t i = 0; i < kTexts; ++i) dictionary.number(text(i));
  const size_t bytes = dictionary.bytes();
  EXPECT_GE(bytes, kTexts * (kSize + 2 * sizeof(uint32_t)));
  for (size_t i = 0; i < kTexts; ++i) dictionary.number(text(i));
  EXPECT_EQ(dictionary.bytes(), bytes);
}

TEST(Dictionary, EmptyOneHasNoRanks) { EXPECT_TRUE(Dictionary().rank().empty()); }

}  // namespace
}  // namespace ledger::bulk
