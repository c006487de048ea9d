#include "projector/bulk/row_directory.h"

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

using State = RowDirectory::Place::State;
using store::Rid;

constexpr size_t kPlenty = size_t{1} << 30;
constexpr Rid kFar{int64_t{1} << 50};  // a gap of the log may be as long
constexpr int64_t kNumbers = int64_t{NumberTable::kNumberMax} + 1;

bool is_any(Rid) { return true; }

TEST(RowDirectory, NewestPlaceOfARowCounts) {
  RowDirectory directory(kPlenty);
  EXPECT_EQ(directory.place(Rid{7}).state, State::kInNone);
  directory.put(Rid{7}, 0, false);
  directory.put(kFar, 125, false);
  directory.put(Rid{7}, 3, false);
  EXPECT_EQ(directory.place(Rid{7}).state, State::kLive);
  EXPECT_EQ(directory.place(Rid{7}).layer, 3U);
  EXPECT_EQ(directory.place(kFar).layer, 125U);
  EXPECT_EQ(directory.place(Rid{8}).state, State::kInNone);
  directory.put_dead(Rid{7});
  EXPECT_EQ(directory.place(Rid{7}).state, State::kDead);
}

// The old hashes are there until the new ones are; with none to come nothing is taken.
TEST(RowDirectory, ToReserveTakesTheNewHashesBesideTheOldOnes) {
  RowDirectory directory(kPlenty);
  const size_t first = directory.bytes_to_reserve(1000);
  directory.reserve(1000);
  EXPECT_EQ(directory.bytes(), first);
  for (int64_t i = 0; i < 1000; ++i) directory.add(static_cast<uint64_t>(i) << 20, Rid{i});
  EXPECT_EQ(directory.bytes_to_reserve(0), 0U);
  const size_t second = directory.bytes_to_reserve(1000);
  EXPECT_GT(second, first);
  directory.reserve(1000);
  EXPECT_EQ(directory.bytes(), second);
}

TEST(RowDirectory, BeyondItsMemoryRidsAreFoundAndTakeNone) {
  const ledger::test::TempDir folder;
  RowDirectory directory(12 * 1000 + 100, folder.path());
  directory.reserve(1000);
  EXPECT_GE(directory.bytes(), 12U * 1000);
  EXPECT_EQ(directory.bytes_to_reserve(2000), 0U);
  directory.reserve(2000);
  EXPECT_EQ(directory.bytes(), 0U);
  for (int64_t i = 0; i < 2000; ++i) directory.add(static_cast<uint64_t>(i) << 20, Rid{i});
  for (int64_t i = 0; i < 2000; ++i) {
    EXPECT_EQ(directory.find(static_cast<uint64_t>(i) << 20, is_any), Rid{i});
  }
}

TEST(RowDirectory, RowWhoseKeysMovedOnceIsNeverAsItWasAtFirst) {
  RowDirectory directory(kPlenty);
  directory.put(Rid{1}, 0, true);
  directory.put(Rid{1}, 1, false);
  directory.put(Rid{2}, 0, false);
  directory.note_moved(Rid{3});
  directory.put(Rid{3}, 0, false);
  EXPECT_TRUE(directory.place(Rid{1}).moved);
  EXPECT_FALSE(directory.place(Rid{2}).moved);
  EXPECT_TRUE(directory.place(Rid{3}).moved);
  directory.put_dead(Rid{1});
  EXPECT_EQ(directory.place(Rid{1}).state, State::kDead);
}

TEST(RowDirectory, JoinedLayersAreOne) {
  RowDirectory directory(kPlenty);
  for (size_t layer = 0; layer < 5; ++layer) {
    directory.put(Rid{static_cast<int64_t>(layer)}, layer, layer % 2 == 1);
  }
  directory.put_dead(Rid{9});
  directory.join_layers(2);
  for (size_t layer = 0; layer < 5; ++layer) {
    const auto place = directory.place(Rid{static_cast<int64_t>(layer)});
    EXPECT_EQ(place.layer, std::min<size_t>(layer, 2));
    EXPECT_EQ(place.moved, layer % 2 == 1);
  }
  EXPECT_EQ(directory.place(Rid{9}).state, State::kDead);
  EXPECT_EQ(directory.place(Rid{10}).state, State::kInNone);
}

TEST(RowDirectory, RidsAreFoundByTheirHashesAndTheOneThatMatches) {
  RowDirectory directory(kPlenty);
  directory.reserve(3);
  directory.add(99, Rid{1});
  directory.add(99, Rid{2});
  directory.add(99, Rid{2});
  EXPECT_EQ(directory.find(99, [](Rid rid) { return rid == Rid{2}; }), Rid{2});
  EXPECT_EQ(directory.find(98, is_any), std::nullopt);
  int asked = 0;
  EXPECT_EQ(directory.find(99, [&](Rid) { return ++asked == 0; }), std::nullopt);
  EXPECT_EQ(asked, 2);
}

TEST(RowDirectory, WithoutHashesPlacesAreThereAndNoRidIsFound) {
  RowDirectory directory(kPlenty);
  directory.put(Rid{1}, 0, true);
  directory.add(99, Rid{1});
  directory.drop_hashes();
  EXPECT_EQ(directory.find(99, is_any), std::nullopt);
  EXPECT_EQ(directory.place(Rid{1}).state, State::kLive);
  EXPECT_TRUE(directory.place(Rid{1}).moved);
}

TEST(RowDirectory, RidsBehindLongGapsAreFoundByTheirHashes) {
  RowDirectory directory(kPlenty);
  const std::vector<Rid> rids = {Rid{0},
                                 Rid{1},
                                 Rid{kNumbers - 1},
                                 Rid{kNumbers},
                                 Rid{kNumbers + 1},
                                 Rid{int64_t{1} << 32},
                                 Rid{(int64_t{1} << 32) + 1},
                                 Rid{5 * kNumbers + 77},
                                 kFar};
  uint64_t hash = 0;
  for (const Rid rid : rids) directory.add(++hash, rid);
  hash = 0;
  for (const Rid rid : rids) {
    EXPECT_EQ(directory.find(++hash, [&](Rid found) { return found == rid; }), rid);
  }
}

// Numbers of tables tell them apart no more.
TEST(RowDirectory, RidsThatAreAlikeInTheirNumbersAreFoundByOneHash) {
  RowDirectory directory(kPlenty);
  const Rid near{7};
  const Rid far{7 + 3 * kNumbers};
  directory.add(99, near);
  directory.add(99, far);
  for (const Rid rid : {near, far}) {
    EXPECT_EQ(directory.find(99, [&](Rid found) { return found == rid; }), rid);
  }
  int asked = 0;
  EXPECT_EQ(directory.find(99, [&](Rid) { return ++asked == 0; }), std::nullopt);
  EXPECT_EQ(asked, 2);
}

TEST(RowDirectory, BytesCountHashesAndPlaces) {
  RowDirectory directory(kPlenty);
  EXPECT_EQ(directory.bytes(), 0U);
  directory.reserve(10000);
  EXPECT_GE(directory.bytes(), 10000U * 8);
  const size_t before = directory.bytes();
  for (int64_t rid = 0; rid < 200000; ++rid) directory.put(Rid{rid}, 0, false);
  EXPECT_GE(directory.bytes() - before, 200000U);
  EXPECT_LE(directory.bytes() - before, 400000U);
}

}  // namespace
}  // namespace ledger::bulk
