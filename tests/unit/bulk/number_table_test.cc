#include "projector/bulk/number_table.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

std::optional<uint32_t> find(const NumberTable& table, uint64_t hash, uint32_t number) {
  return table.find(hash, [number](uint32_t candidate) { return candidate == number; });
}

TEST(NumberTable, ManyNumbersAreEachFoundByTheirHash) {
  NumberTable table;
  for (uint32_t number = 0; number < 5000; ++number)
    table.add(uint64_t{number} * 0x9E3779B9, number);
  for (uint32_t number = 0; number < 5000; ++number) {
    ASSERT_EQ(find(table, uint64_t{number} * 0x9E3779B9, number), number);
  }
  EXPECT_EQ(table.find(12345, [](uint32_t) { return true; }), std::nullopt);
}

TEST(NumberTable, EqualHashesAreToldApartByWhoAsks) {
  NumberTable table;
  for (const uint32_t number : {1U, 2U, 3U}) table.add(99, number);
  std::set<uint32_t> seen;
  EXPECT_EQ(
      table.find(99, [&](uint32_t number) { return seen.insert(number).second && number == 3; }),
      uint32_t{3});
  EXPECT_EQ(seen, (std::set<uint32_t>{1, 2, 3}));
}

TEST(NumberTable, RemovedNumberHidesNoOtherOneOfItsHash) {
  NumberTable table;
  for (const uint32_t number : {1U, 2U, 3U}) table.add(99, number);
  table.remove(99, 1);
  EXPECT_EQ(find(table, 99, 1), std::nullopt);
  EXPECT_EQ(find(table, 99, 2), uint32_t{2});
  EXPECT_EQ(find(table, 99, 3), uint32_t{3});
}

TEST(NumberTable, RemovedNumberStaysGoneWhenTheTableGrows) {
  NumberTable table;
  table.add(99, 1);
  table.remove(99, 1);
  for (uint32_t number = 2; number < 3000; ++number) table.add(number, number);
  EXPECT_EQ(find(table, 99, 1), std::nullopt);
  EXPECT_EQ(find(table, 99, 99), uint32_t{99});
}

TEST(NumberTable, RoomThatWasReservedIsTakenOnceAndForNoMore) {
  NumberTable table;
  const size_t expected = table.bytes_with(5000);
  table.reserve(5000);
  EXPECT_EQ(table.bytes(), expected);
  for (uint32_t number = 0; number < 5000; ++number) table.add(number * 0x9E3779B9, number);
  EXPECT_EQ(table.bytes(), expected);
  EXPECT_LE(table.bytes(), 5002U * 12);
  table.reserve(0);
  EXPECT_EQ(table.bytes(), expected);
}

TEST(NumberTable, EachGivesAllThatIsThereWithItsHash) {
  NumberTable table;
  for (const uint32_t number : {1U, 2U, 3U}) table.add(0x100000000 + number * 10, number);
  table.remove(20, 2);
  std::map<uint32_t, uint32_t> found;
  table.each([&](uint32_t hash, uint32_t number) { found[number] = hash; });
  EXPECT_EQ(found, (std::map<uint32_t, uint32_t>{{1, 10}, {3, 30}}));
}

TEST(NumberTable, EmptyOneFindsNothingAndTakesNothing) {
  const NumberTable table;
  EXPECT_EQ(table.find(0, [](uint32_t) { return true; }), std::nullopt);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST(NumberTableDeathTest, RemovingWhatIsNotThereIsABug) {
  NumberTable table;
  table.add(1, 1);
  EXPECT_DEATH(table.remove(1, 2), "number 2");
}

}  // namespace
}  // namespace ledger::bulk
