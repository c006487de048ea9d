#include "projector/bulk/row_table.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

using store::Rid;

constexpr Offset kFirst{100};  // rids from here on are of the round
constexpr size_t kIndexes = 3;

struct RowTableTest : testing::Test {
  RowTable rows{kFirst, kIndexes};
};

TEST_F(RowTableTest, FindsRowsOfTheBaseAndOfTheRound) {
  rows.add(Rid{7}, "old", true);
  rows.add(Rid{100}, "new", false);
  rows.add(Rid{105}, "newer", false);
  ASSERT_NE(rows.find(Rid{7}), nullptr);
  EXPECT_EQ(rows.find(Rid{7})->bytes(), "old");
  EXPECT_EQ(rows.find(Rid{100})->bytes(), "new");
  EXPECT_EQ(rows.find(Rid{105})->bytes(), "newer");
  for (const int64_t rid : {0, 8, 101, 104, 106, 100000}) EXPECT_EQ(rows.find(Rid{rid}), nullptr);
}

// As an accepted gap of the log leaves; then rows beside one another again.
TEST_F(RowTableTest, RowsBehindALongGapAreFoundAndTakeNoRoomForIt) {
  constexpr int64_t kFar = 5'000'000'000;
  constexpr int64_t kRows = 3000;
  rows.add(Rid{7}, "old", true);
  rows.add(Rid{105}, "near", false);
  for (int64_t i = 0; i < kRows; ++i) rows.add(Rid{kFar + i}, std::to_string(i), false);
  EXPECT_LT(rows.bytes(), size_t{16} << 20);
  EXPECT_EQ(rows.find(Rid{7})->bytes(), "old");
  EXPECT_EQ(rows.find(Rid{105})->bytes(), "near");
  EXPECT_EQ(rows.find(Rid{106}), nullptr);
  EXPECT_EQ(rows.find(Rid{kFar - 1}), nullptr);
  EXPECT_EQ(rows.find(Rid{kFar + kRows}), nullptr);
  const auto slots = rows.in_order();
  ASSERT_EQ(slots.size(), static_cast<size_t>(kRows + 2));
  for (int64_t i = 0; i < kRows; ++i) {
    ASSERT_EQ(rows.find(Rid{kFar + i})->bytes(), std::to_string(i));
    ASSERT_EQ(rows.at(slots.at(static_cast<size_t>(i + 2))).rid, Rid{kFar + i});
  }
}

TEST_F(RowTableTest, NewRowDiffersFromTheBaseAndALoadedOneDoesNot) {
  EXPECT_FALSE(rows.at(rows.add(Rid{7}, "old", true)).changed);
  EXPECT_TRUE(rows.at(rows.add(Rid{100}, "new", false)).changed);
}

TEST_F(RowTableTest, SetTakesShorterAndLongerValues) {
  const Slot slot = rows.add(Rid{7}, "value", true);
  const Slot other = rows.add(Rid{8}, "other", true);
  for (const std::string& value : {std::string("v"), std::string("valueeees"),
                                   std::string(5000, 'v'), std::string(), std::string("end")}) {
    rows.set(rows.at(slot), value);
    EXPECT_EQ(rows.at(slot).bytes(), value);
    EXPECT_EQ(rows.at(other).bytes(), "other");
  }
  EXPECT_TRUE(rows.at(slot).changed);
  EXPECT_FALSE(rows.at(other).changed);
}

TEST_F(RowTableTest, ErasedRowIsFoundDead) {
  rows.erase(rows.at(rows.add(Rid{7}, "old", true)));
  ASSERT_NE(rows.find(Rid{7}), nullptr);
  EXPECT_FALSE(rows.find(Rid{7})->live);
  EXPECT_TRUE(rows.find(Rid{7})->changed);
}

TEST_F(RowTableTest, OrderIsThatOfRidsWithTheBaseFirst) {
  for (const int64_t rid : {100, 107}) rows.add(Rid{rid}, "new", false);
  for (const int64_t rid : {9, 3, 12}) rows.add(Rid{rid}, "old", true);
  rows.add(Rid{200}, "new", false);
  EXPECT_THAT(rows.in_order(), testing::ElementsAre(3, 2, 4, 0, 1, 5));
}

TEST_F(RowTableTest, KeysStandAsFirstUntilTheyMove) {
  const Slot moved = rows.add(Rid{100}, "a", false);
  const Slot still = rows.add(Rid{101}, "b", false);
  rows.set_entered(rows.at(moved), 1, Offset{120});
  EXPECT_EQ(rows.entered(rows.at(moved), 0), RowTable::kFirst);
  EXPECT_EQ(rows.entered(rows.at(moved), 1), Offset{120});
  EXPECT_EQ(rows.entered(rows.at(moved), 2), RowTable::kFirst);
  EXPECT_EQ(rows.entered(rows.at(still), 1), RowTable::kFirst);
  rows.set_entered(rows.at(still), 2, Offset{130});
  rows.set_entered(rows.at(moved), 1, Offset{140});
  EXPECT_EQ(rows.entered(rows.at(still), 2), Offset{130});
  EXPECT_EQ(rows.entered(rows.at(moved), 1), Offset{140});
}

TEST_F(RowTableTest, BytesGrowWithTheRows) {
  const size_t before = rows.bytes();
  for (int64_t i = 0; i < 2000; ++i) rows.add(Rid{100 + i}, std::string(1000, 'r'), false);
  EXPECT_GE(rows.bytes(), before + size_t{2000} * 1000);
}

TEST_F(RowTableTest, ClearedIsAsItWasBeforeTheFirstRow) {
  rows.add(Rid{7}, "old", true);
  const Slot moved = rows.add(Rid{100}, std::string(2'000'000, 'r'), false);
  rows.set_entered(rows.at(moved), 1, Offset{120});
  rows.clear();
  EXPECT_EQ(rows.bytes(), RowTable(kFirst, kIndexes).bytes());
  EXPECT_EQ(rows.find(Rid{7}), nullptr);
  EXPECT_EQ(rows.find(Rid{100}), nullptr);
  EXPECT_TRUE(rows.in_order().empty());
  EXPECT_EQ(rows.count_in_base(), 0U);
  EXPECT_EQ(rows.count_moved(), 0U);
  const Slot again = rows.add(Rid{100}, "new", false);
  EXPECT_EQ(rows.entered(rows.at(again), 1), RowTable::kFirst);
  EXPECT_EQ(rows.find(Rid{100})->bytes(), "new");
}

using RowTableDeathTest = RowTableTest;

TEST_F(RowTableDeathTest, RowOfTheBaseWithARidOfTheRoundIsABug) {
  EXPECT_DEATH(rows.add(Rid{100}, "new", true), "rid 100 first 100");
}

}  // namespace
}  // namespace ledger::bulk
