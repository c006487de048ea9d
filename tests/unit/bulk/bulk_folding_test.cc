#include "projector/bulk/bulk_folding.h"

#include <gtest/gtest.h>

#include "tests/support/fold/kept_events.h"
#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kPlenty = size_t{1} << 30;
constexpr uint64_t kMeasured = 4096;        // events between two looks at the memory
constexpr int64_t kEventsMax = 50'000'000;  // gaps included

struct Shard {
  std::unique_ptr<BulkFolding> open(size_t memory_max = kPlenty) const {
    return std::make_unique<BulkFolding>(
        folder.path() / "0", identity, [this](Offset offset) { return kept.at(offset); },
        std::nullopt, memory_max);
  }
  void fold_plays(BulkFolding& folding, size_t count) {
    kept.add_plays(count);
    for (const auto& event : kept.range(folding.position(), kept.end())) folding.fold(event);
  }
  void add_layer(BulkFolding& folding, size_t plays) {
    fold_plays(folding, plays);
    folding.spill();
  }
  // Plays until the memory is full. Returns: of how many events that round was.
  uint64_t fold_a_round(BulkFolding& folding) {
    while (folding.meter().read().round_events == 0 && raw(kept.end()) < kEventsMax) {
      fold_plays(folding, kMeasured);
    }
    return folding.meter().read().round_events;
  }

  testing::KeptEvents kept;
  const store::ShardIdentity identity = testing::kept_shard_identity();
  const test::TempDir folder{test::memory_directory()};
};

TEST(BulkFolding, ThatGoesOnCountsTheLayersThatWereLeft) {
  Shard shard;
  {
    const auto died = shard.open();
    shard.add_layer(*died, 50);
    shard.add_layer(*died, 50);
  }
  const auto folding = shard.open();
  EXPECT_EQ(folding->position(), shard.kept.end());
  EXPECT_EQ(folding->meter().read().layers, 2U);
  EXPECT_EQ(folding->meter().read().write_units, 0);
  folding->meter().expect(30);
  shard.add_layer(*folding, 30);
  const ShardWork third = folding->meter().read();
  EXPECT_EQ(third.layers, 3U);
  EXPECT_EQ(third.events_left, 0U);
  const auto fresh = static_cast<uint64_t>(third.fresh_per_event * 30 + 0.5);
  EXPECT_DOUBLE_EQ(third.write_units, layer_units(fresh, 3));
  EXPECT_DOUBLE_EQ(third.fold_units, fold_units(30, third.below)) << "over what was left";
  EXPECT_GT(third.below.layers, 3 * fresh) << "of a hundred events and thirty";

  folding->finish();
  const ShardWork whole = folding->meter().read();
  EXPECT_EQ(whole.layers, 0U);
  EXPECT_EQ(whole.below.base, third.below.layers);
  EXPECT_DOUBLE_EQ(whole.write_units, third.write_units + shard_units(0, third.below));
}

// Rows so far apart that telling where they are takes more than all of the memory.
TEST(BulkFolding, OverALargeDirectoryHasRoundsOfAQuarterOfTheMemory) {
  constexpr size_t kMemory = 12 * kMiB;
  constexpr int64_t kApart = 70'000;
  constexpr int kRows = 250;
  Shard alone;
  const auto of_a_quarter = alone.open(kMemory / 4);
  const uint64_t quarter = alone.fold_a_round(*of_a_quarter);
  ASSERT_GE(quarter, 2 * kMeasured);

  Shard shard;
  const auto folding = shard.open(kMemory);
  for (int i = 0; i < kRows; ++i) {
    shard.kept.add_gap(kApart);
    shard.kept.add_plays(1);
  }
  shard.add_layer(*folding, 1);
  const uint64_t round = shard.fold_a_round(*folding);
  EXPECT_GE(round, quarter);
  EXPECT_LE(round, 2 * quarter);
}

}  // namespace
}  // namespace ledger::bulk
