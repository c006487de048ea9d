#include "projector/bulk/bulk_folding.h"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fold/kept_events.h"
#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kPlenty = size_t{1} << 30;
constexpr uint64_t kMeasured = 4096;        // events between two looks at the memory
constexpr int64_t kEventsMax = 50'000'000;  // gaps included
// Half of it has room for the hashes of kRowsOfALayer rows, and not for those of half as many more.
constexpr size_t kMemoryOfALayer = 16'000;
constexpr size_t kRowsOfALayer = 500;

struct Shard {
  std::unique_ptr<BulkFolding> open(
      size_t memory_max = kPlenty, BulkFolding::Pulse pulse = [] {}) const {
    return std::make_unique<BulkFolding>(
        folder.path() / "0", identity, [this](Offset offset) { return kept.at(offset); },
        std::nullopt, memory_max, std::move(pulse));
  }
  void fold_plays(BulkFolding& folding, size_t count) {
    kept.add_plays(count);
    for (const auto& event : kept.range(folding.position(), kept.end())) folding.fold(event);
  }
  void add_layer(BulkFolding& folding, size_t plays) {
    fold_plays(folding, plays);
    folding.spill();
  }
  // What is there of the shard, but for the shard itself.
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  // Plays until the memory is full. Returns: of how many events that round was.
  uint64_t fold_a_round(BulkFolding& folding) {
    while (folding.meter().read().round_events == 0 && raw(kept.end()) < kEventsMax) {
      fold_plays(folding, kMeasured);
    }
    return folding.meter().read().round_events;
  }
  // Of each index of a table.
  std::vector<uint64_t> entries(const store::ShardReader& reader, record::Table table) const {
    std::vector<uint64_t> entries;
    for (const index::IndexSpec* spec : identity.declarations.of(table)) {
      entries.push_back(reader.entries(store::view_of(spec->id)));
    }
    return entries;
  }
  // After all that was kept, in memory that is plenty.
  store::ShardState state_of_one_round() const {
    const test::TempDir other{test::memory_directory()};
    BulkFolding folding(
        other.path() / "0", identity, [this](Offset offset) { return kept.at(offset); },
        std::nullopt, kPlenty);
    for (const auto& event : kept.all()) folding.fold(event);
    folding.finish();
    return folding.state();
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

TEST(BulkFolding, LayerOfNewListingsHasTheirRowsAndNoEntries) {
  Shard shard;
  const auto folding = shard.open();
  shard.kept.add(testing::audio_created("ca1"));
  shard.kept.add(testing::imported(testing::listening_row("id", "imported")));
  shard.add_layer(*folding, 50);
  const store::ShardReader layer(shard.folder.path() / "0.layer-0-53", true);
  EXPECT_EQ(layer.entries(store::View::kUserContentAudioRows), 51U);
  EXPECT_THAT(shard.entries(layer, record::Table::kUserContentAudios), Each(0U));
  EXPECT_THAT(shard.entries(layer, record::Table::kContentAudios), Each(1U));
  folding->finish();
  EXPECT_EQ(folding->state(), shard.state_of_one_round());
  const store::ShardReader whole(shard.folder.path() / "0.round-1", true);
  EXPECT_THAT(shard.entries(whole, record::Table::kUserContentAudios), Each(51U));
}

// Of the audio that was played last; twice over layers, once more when it is of the base.
TEST(BulkFolding, RowWhoseKeyMovesHasAllEntriesInALayerAndThenThoseThatMoveAgain) {
  Shard shard;
  const auto folding = shard.open();
  shard.add_layer(*folding, 50);
  shard.kept.add(testing::play("user-7", "ca2"));
  shard.kept.add(testing::play("user-8"));
  shard.add_layer(*folding, 0);
  const store::ShardReader first(shard.folder.path() / "0.layer-51-53", true);
  EXPECT_EQ(first.entries(store::View::kUserContentAudioRows), 2U);
  EXPECT_THAT(shard.entries(first, record::Table::kUserContentAudios), Each(1U));

  shard.kept.add(testing::play("user-7", "ca3"));
  shard.add_layer(*folding, 0);
  const store::ShardReader again(shard.folder.path() / "0.layer-53-54", true);
  for (const uint64_t entries : shard.entries(again, record::Table::kUserContentAudios)) {
    EXPECT_TRUE(entries == 0 || entries == 2) << "a key that left, and one that came";
  }
  EXPECT_THAT(shard.entries(again, record::Table::kUserContentAudios), Contains(2U));
  shard.kept.add(testing::play("user-7"));
  shard.kept.add(testing::play("user-9", "ca2"));
  shard.fold_plays(*folding, 1);
  folding->finish();
  EXPECT_EQ(folding->state(), shard.state_of_one_round());

  shard.kept.add(testing::play("user-7", "ca2"));
  shard.add_layer(*folding, 1);
  shard.kept.add(testing::play("user-7", "ca3"));
  shard.add_layer(*folding, 0);
  folding->finish();
  EXPECT_EQ(folding->state(), shard.state_of_one_round());
}

enum class Ends { kAsItWas, kMovedInALayer, kInTheSameRound };

// As another row of the same _id, which has the same keys where none tells a time.
TEST(BulkFolding, RowThatIsImportedAgainAfterItEndedHasTheEntriesOfTheNewOne) {
  for (const size_t memory : {kPlenty, kMemoryOfALayer}) {
    for (const Ends ends : {Ends::kAsItWas, Ends::kMovedInALayer, Ends::kInTheSameRound}) {
      Shard shard;
      const auto folding = shard.open(memory);
      shard.kept.add(testing::imported(testing::listening_row("id", "u")));
      shard.add_layer(*folding, 100);
      if (ends != Ends::kAsItWas) {
        shard.kept.add(testing::play("u", "ca2"));
        shard.add_layer(*folding, 100);
      }
      shard.kept.add(testing::imported(testing::listening_row("other", "u")));
      if (ends == Ends::kMovedInALayer) shard.add_layer(*folding, 100);
      shard.kept.add(testing::imported(testing::listening_row("id", "u")));
      shard.add_layer(*folding, kRowsOfALayer);
      folding->finish();
      EXPECT_EQ(folding->state(), shard.state_of_one_round())
          << memory << " " << static_cast<int>(ends);
    }
  }
}

TEST(BulkFolding, WhatDoesNotFitIntoMemoryAtTheEndIsOnDiskMeanwhile) {
  Shard shard;
  std::set<std::string> seen;
  const auto folding = shard.open(kMemoryOfALayer, [&] { seen.merge(shard.names()); });
  shard.add_layer(*folding, kRowsOfALayer);
  seen.clear();
  shard.fold_plays(*folding, 50);
  folding->finish();
  EXPECT_THAT(seen, IsSupersetOf({"0.layer-501-551", "0.entries-2.part", "0.entries-3.part"}));
  EXPECT_THAT(shard.names(), ElementsAre("0.round-1"));
  EXPECT_EQ(folding->state(), shard.state_of_one_round());
}

TEST(BulkFolding, WhatFitsIntoMemoryAtTheEndIsWrittenOnce) {
  Shard shard;
  std::set<std::string> seen;
  const auto folding = shard.open(kPlenty, [&] { seen.merge(shard.names()); });
  shard.add_layer(*folding, kRowsOfALayer);
  seen.clear();
  shard.fold_plays(*folding, 50);
  folding->finish();
  EXPECT_THAT(seen, ElementsAre("0.layer-0-501", "0.round-1.part"));
}

TEST(BulkFolding, LayersThatWereLeftAreFinishedAlone) {
  Shard shard;
  {
    const auto died = shard.open();
    shard.add_layer(*died, 300);
    shard.kept.add(testing::play("user-7", "ca2"));
    shard.kept.add(testing::imported(testing::listening_row("other", "user-8")));
    shard.add_layer(*died, 300);
  }
  for (const size_t memory : {kMemoryOfALayer, kPlenty}) {
    const test::TempDir copy{test::memory_directory()};
    std::filesystem::copy(shard.folder.path(), copy.path(),
                          std::filesystem::copy_options::recursive);
    BulkFolding folding(
        copy.path() / "0", shard.identity, [&](Offset offset) { return shard.kept.at(offset); },
        std::nullopt, memory);
    folding.finish();
    EXPECT_EQ(folding.state(), shard.state_of_one_round()) << memory;
  }
}

TEST(BulkFolding, LayersAreGoneOnWithInLessMemory) {
  Shard shard;
  {
    const auto died = shard.open();
    shard.add_layer(*died, kRowsOfALayer);
    shard.add_layer(*died, kRowsOfALayer);
  }
  const auto folding = shard.open(1);
  shard.add_layer(*folding, kRowsOfALayer);
  EXPECT_THAT(shard.names(), ElementsAre("0.layer-0-501", "0.layer-1001-1501", "0.layer-501-1001"));
  folding->finish();
  EXPECT_EQ(folding->state(), shard.state_of_one_round());
}

}  // namespace
}  // namespace ledger::bulk
