#include "projector/bulk/key_run.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

using testing::ElementsAre;

std::vector<std::string> sorted_keys(const std::vector<std::string>& keys) {
  KeyRun run;
  for (const std::string& key : keys) run.add(key, "");
  run.sort();
  std::vector<std::string> found;
  for (const KeyRun::Item& item : run.items()) found.emplace_back(item.key());
  return found;
}

TEST(KeyRun, OrderIsThatOfMemcmp) {
  EXPECT_THAT(sorted_keys({"\xff", "b", std::string("\0", 1), "\x7f", "a", "\x80"}),
              ElementsAre(std::string("\0", 1), "a", "b", "\x7f", "\x80", "\xff"));
}

TEST(KeyRun, KeyThatBeginsAnotherOneIsBeforeIt) {
  EXPECT_THAT(sorted_keys({"aaa", "aa", "a", "aab"}), ElementsAre("a", "aa", "aaa", "aab"));
}

TEST(KeyRun, ZerosBehindASharedStartAreNoFiller) {
  const std::string zero("same\0", 5);
  EXPECT_THAT(sorted_keys({zero + '\0', "same", zero}), ElementsAre("same", zero, zero + '\0'));
}

TEST(KeyRun, KeysThatDifferFarBehindEightBytesAreOrdered) {
  const std::string far(40, 'k');
  EXPECT_THAT(sorted_keys({"a" + far + "2", "b", "a" + far + "1"}),
              ElementsAre("a" + far + "1", "a" + far + "2", "b"));
}

TEST(KeyRun, EachKeyKeepsItsValue) {
  KeyRun run;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 500; ++i) {
    const std::string key = std::to_string(i * 7919 % 500);
    expected[key] = "value of " + key;
    run.add(key, expected[key]);
  }
  run.sort();
  std::map<std::string, std::string> found;
  for (const KeyRun::Item& item : run.items()) found.emplace(item.key(), item.value());
  EXPECT_EQ(found, expected);
  EXPECT_TRUE(std::is_sorted(run.items().begin(), run.items().end(),
                             [](const auto& a, const auto& b) { return a.key() < b.key(); }));
}

TEST(KeyRun, EmptyOneSorts) { EXPECT_TRUE(sorted_keys({}).empty()); }

TEST(KeyRun, BytesGrowWithWhatItHolds) {
  KeyRun run;
  const size_t before = run.bytes();
  run.add(std::string(5000, 'k'), std::string(5000, 'v'));
  EXPECT_GE(run.bytes(), before + 10000);
}

TEST(KeyRunDeathTest, SameKeyTwiceIsABug) {
  KeyRun run;
  run.add("ab", "1");
  run.add("b", "2");
  run.add("ab", "3");
  EXPECT_DEATH(run.sort(), "key 6162");
}

}  // namespace
}  // namespace ledger::bulk
