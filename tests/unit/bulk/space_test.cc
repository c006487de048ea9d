#include "projector/bulk/space.h"

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr double kPerEvent = 500;

// One thread folds one shard after the other, so their sum does not matter.
TEST(SpaceNeeded, ShardsThatEachFitIntoARoundMakeNoLayers) {
  const std::vector<ShardEvents> shards(32, {2000, 2000});
  EXPECT_EQ(space_needed(shards, kPerEvent, 8 * kMiB), 32U * 2000 * 500);
}

TEST(SpaceNeeded, OnlyTheShardThatDoesNotFitHasItsLayersBesideIt) {
  EXPECT_EQ(space_needed({{2000, 2000}, {100'000, 100'000}}, kPerEvent, 8 * kMiB),
            (2000U + 2 * 100'000) * 500);
}

TEST(SpaceNeeded, EventsOfABaseAreCopiedAndInNoLayer) {
  EXPECT_EQ(space_needed({{300'000, 0}}, kPerEvent, 8 * kMiB), 300'000U * 500);
  EXPECT_EQ(space_needed({{300'000, 100'000}}, kPerEvent, 8 * kMiB), 400'000U * 500);
}

TEST(SpaceNeeded, NothingNeedsNothing) { EXPECT_EQ(space_needed({}, kPerEvent, kMiB), 0U); }

}  // namespace
}  // namespace ledger::bulk
