#include "projector/bulk/space.h"

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr EventBytes kBytes{.views = 500, .log = 100};

// One thread folds one shard after the other, so their sum does not matter.
TEST(SpaceNeeded, ShardsThatEachFitIntoARoundMakeNoLayers) {
  const std::vector<ShardEvents> shards(32, {2000, 2000});
  EXPECT_EQ(space_needed(shards, kBytes, 8 * kMiB).views, 32U * 2000 * 500);
}

TEST(SpaceNeeded, OnlyTheShardThatDoesNotFitHasItsLayersBesideIt) {
  EXPECT_EQ(space_needed({{2000, 2000}, {100'000, 100'000}}, kBytes, 8 * kMiB).views,
            (2000U + 2 * 100'000) * 500);
}

TEST(SpaceNeeded, EventsOfABaseAreCopiedAndInNoLayer) {
  EXPECT_EQ(space_needed({{300'000, 0}}, kBytes, 8 * kMiB).views, 300'000U * 500);
  EXPECT_EQ(space_needed({{300'000, 100'000}}, kBytes, 8 * kMiB).views, 400'000U * 500);
}

TEST(SpaceNeeded, OfTheLogOnlyWhatIsFetchedIsCounted) {
  EXPECT_EQ(space_needed({{3000, 3000, 1000}, {500, 0, 0}}, kBytes, 8 * kMiB).log, 1000U * 100);
}

TEST(SpaceNeeded, NothingNeedsNothing) {
  EXPECT_EQ(space_needed({}, kBytes, kMiB).views, 0U);
  EXPECT_EQ(space_needed({}, kBytes, kMiB).log, 0U);
}

}  // namespace
}  // namespace ledger::bulk
