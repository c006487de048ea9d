// Builds that died, played: their whole rounds are there and nobody cleaned up.
#include "projector/bulk/leftovers.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/bulk/generation_build.h"
#include "projector/fold/fold.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/views/built_views.h"

namespace ledger::bulk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Partition kP0{0};
constexpr Partition kP1{1};
constexpr store::Generation kGen1{1};
constexpr store::Generation kGen2{2};
constexpr store::Generation kGen3{3};
constexpr size_t kMemory = size_t{64} << 20;
constexpr int kTakenUpMax = 5;

class Left : public ::testing::Test {
 protected:
  Left() : temp_(test::memory_directory()), directory_(temp_.path()) { add(0, 60); }

  void add(int first, int limit) const {
    testing::BuiltViews views(temp_.path());
    for (int i = first; i < limit; ++i) {
      views.add(fmt::format(
          R"({{"eventId":"0197a1c2-0000-7000-8000-{:012x}","occurredAt":{},)"
          R"("actor":{{"kind":"user","id":"u"}},"source":"tests/1","playRecorded":)"
          R"({{"userId":"u{}","contentAudioId":"a","contentId":"c{}","contentType":"article"}}}})",
          i, 1770832800001 + i, i % 7, i % 5));
    }
    views.commit();
  }

  // A build of `generation` that died when it had written a round of [0, limit) of the partitions.
  void leave(store::Generation generation, Base base, const PositionVector& limits) const {
    begin_generation(directory_, generation, base);
    const index::Declarations declarations = index::load_declarations();
    const std::atomic<bool> never{false};
    for (const auto& [partition, limit] : limits) {
      ShardBuild(directory_, generation, base, partition, declarations, kMemory)
          .fold_to(limit, never);
    }
  }

  // It died when it had written layers up to these offsets of the partition.
  void add_layers(store::Generation generation, Partition partition,
                  const std::vector<int64_t>& limits) const {
    const store::KeptLogReader kept(directory_.log(partition));
    const store::ShardIdentity identity{kept.identity(), fold::kFoldVersion,
                                        index::load_declarations()};
    BulkFolding folding(
        directory_.shard(generation, partition), identity,
        [&](Offset offset) { return kept.read(offset); }, std::nullopt, kMemory);
    for (const int64_t limit : limits) {
      kept.scan(folding.position(), Offset{limit}, [&](const store::KeptEvent& event) {
        folding.fold(event);
        return true;
      });
      folding.spill();
    }
  }

  GenerationBuild build(Base base = std::nullopt) {
    return {directory_,
            base,
            {.what = "making", .memory = kMemory, .threads = 1},
            messages_,
            interrupt_};
  }
  // Where a build begins; it does not fold.
  PositionVector begins_at(Base base = std::nullopt) {
    PositionVector starts;
    const GenerationBuild begun = build(base);
    for (const auto& shard : begun.shards()) starts[shard->partition()] = shard->start();
    return starts;
  }
  void build_and_publish(Base base = std::nullopt) {
    GenerationBuild whole = build(base);
    whole.fold_to([](const ShardBuild& shard) { return shard.end(); });
    whole.publish(whole.place());
  }

  store::ShardState state(store::Generation generation, Partition partition) const {
    return store::ShardReader(directory_.shard(generation, partition)).state();
  }
  std::vector<store::Generation> generations() const { return directory_.generations(); }
  std::vector<std::string> names_in(store::Generation generation) const {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(directory_.generation(generation))) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TempDir temp_;
  store::ViewDirectory directory_;
  options::Interrupt interrupt_;
  report::Messages messages_{true};
  const PositionVector from_start_{{kP0, Offset{0}}, {kP1, Offset{0}}};
  const PositionVector some_{{kP0, Offset{9}}, {kP1, Offset{5}}};
};

TEST_F(Left, WholeRoundsAreGoneOnWithAndTheResultIsThatOfAnUndisturbedBuild) {
  leave(kGen2, std::nullopt, some_);
  EXPECT_EQ(begins_at(), some_);
  leave(kGen2, std::nullopt, some_);
  build_and_publish();
  EXPECT_EQ(directory_.current(), kGen2);
  for (const Partition partition : {kP0, kP1}) {
    EXPECT_EQ(state(kGen2, partition), state(kGen1, partition));
  }
  EXPECT_THAT(names_in(kGen2), ElementsAre("0", "1"));
}

TEST_F(Left, LayersAreGoneOnWithAndTheResultIsThatOfAnUndisturbedBuild) {
  leave(kGen2, std::nullopt, {});
  add_layers(kGen2, kP0, {4, 9});
  EXPECT_EQ(begins_at(), (PositionVector{{kP0, Offset{9}}, {kP1, Offset{0}}}));
  leave(kGen2, std::nullopt, {});
  add_layers(kGen2, kP0, {4, 9});
  build_and_publish();
  EXPECT_EQ(directory_.current(), kGen2);
  EXPECT_EQ(state(kGen2, kP0), state(kGen1, kP0));
  EXPECT_THAT(names_in(kGen2), ElementsAre("0", "1"));
}

TEST_F(Left, LayersOverAWholeRoundAreGoneOnWith) {
  leave(kGen2, std::nullopt, {{kP0, Offset{3}}});
  add_layers(kGen2, kP0, {4, 9});
  EXPECT_EQ(begins_at().at(kP0), Offset{9});
}

TEST_F(Left, LayersBehindOneThatIsNotThereDoNotCount) {
  leave(kGen2, std::nullopt, {});
  add_layers(kGen2, kP0, {4, 7, 9});
  std::filesystem::remove_all(directory_.generation(kGen2) / "0.layer-4-7");
  EXPECT_EQ(begins_at().at(kP0), Offset{4});
}

// They hold what differs from a base, which is not there any more.
TEST_F(Left, LayersThatDoNotBeginWhereTheGenerationBelowStandsAreNotGoneOnWith) {
  leave(kGen2, kGen1, {});
  add_layers(kGen2, kP0, {4, 9});
  EXPECT_EQ(begins_at(kGen1).at(kP0), state(kGen1, kP0).position);
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

TEST_F(Left, LayerThatWasCutShortIsNotGoneOnWith) {
  leave(kGen2, std::nullopt, {});
  add_layers(kGen2, kP0, {4, 9});
  std::filesystem::resize_file(directory_.generation(kGen2) / "0.layer-4-9" / "data.mdb", 100);
  EXPECT_EQ(begins_at(), from_start_);
}

TEST_F(Left, ResumingIsSaidWithWhere) {
  leave(kGen2, std::nullopt, some_);
  report::Messages loud(false);
  ::testing::internal::CaptureStderr();
  GenerationBuild(directory_, std::nullopt, {.what = "making", .memory = kMemory, .threads = 1},
                  loud, interrupt_);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("making: resumes generation 2 at 0:9,1:5"));
}

TEST_F(Left, ShardWithoutAWholeRoundIsMadeFromTheStart) {
  leave(kGen2, std::nullopt, {{kP1, Offset{5}}});
  const auto unfinished = directory_.generation(kGen2) / "0.round-1.part";
  std::filesystem::create_directories(unfinished);
  EXPECT_EQ(begins_at(), (PositionVector{{kP0, Offset{0}}, {kP1, Offset{5}}}));
}

TEST_F(Left, PlacedShardsAreGoneOnWith) {
  begin_generation(directory_, kGen2, std::nullopt);
  const index::Declarations declarations = index::load_declarations();
  ShardBuild shard(directory_, kGen2, std::nullopt, kP1, declarations, kMemory);
  shard.fold_to(Offset{5}, std::atomic<bool>{false});
  shard.place();
  build_and_publish();
  EXPECT_EQ(directory_.current(), kGen2);
  EXPECT_EQ(state(kGen2, kP1), state(kGen1, kP1));
}

TEST_F(Left, OnTopOfAGenerationAFillGoesOnAndARebuildDoesNot) {
  const PositionVector whole{{kP0, state(kGen1, kP0).position}};
  leave(kGen2, kGen1, whole);
  EXPECT_EQ(begins_at(kGen1).at(kP1), state(kGen1, kP1).position);
  leave(kGen2, kGen1, whole);
  EXPECT_EQ(begins_at(), from_start_);
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

TEST_F(Left, BehindTheGenerationBelowItIsNotWorthGoingOnWith) {
  leave(kGen2, kGen1, {{kP0, state(kGen1, kP0).position}});
  add(60, 90);
  const PositionVector starts = begins_at(kGen1);
  EXPECT_EQ(starts.at(kP0), state(kGen1, kP0).position);
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

// It was live once: an operator may have turned away from it because it is damaged.
TEST_F(Left, GenerationThatWasPublishedIsNotGoneOnWith) {
  build_and_publish();
  std::filesystem::remove(temp_.path() / "current");
  std::filesystem::create_directory_symlink("gen-1", temp_.path() / "current");
  EXPECT_EQ(begins_at(), from_start_);
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

TEST_F(Left, OnlyTheNewestIsGoneOnWithAndTheOthersAreRemoved) {
  leave(kGen2, std::nullopt, some_);
  leave(kGen3, std::nullopt, {{kP0, Offset{3}}});
  EXPECT_EQ(begins_at().at(kP0), Offset{3});
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

TEST_F(Left, BeyondWhatTheBuildMayFoldIsNotGoneOnWith) {
  leave(kGen2, std::nullopt, some_);
  const GenerationBuild begun(directory_, std::nullopt,
                              {.what = "making",
                               .memory = kMemory,
                               .threads = 1,
                               .left_max = [](Partition) { return Offset{4}; }},
                              messages_, interrupt_);
  EXPECT_EQ(begun.shards().front()->start(), Offset{0});
}

TEST_F(Left, OfAnotherFoldVersionIsNotGoneOnWith) {
  begin_generation(directory_, kGen2, std::nullopt);
  store::ShardIdentity identity = store::ShardReader(directory_.shard(kGen1, kP0)).identity();
  ++identity.fold_version;
  store::ShardWriter(directory_.shard(kGen2, kP0), identity).state();
  EXPECT_EQ(begins_at(), from_start_);
}

TEST_F(Left, OfAnotherLedgerIsNotGoneOnWith) {
  begin_generation(directory_, kGen2, std::nullopt);
  store::ShardIdentity identity = store::ShardReader(directory_.shard(kGen1, kP0)).identity();
  identity.log.ledger_id[15] ^= 1;
  store::ShardWriter(directory_.shard(kGen2, kP0), identity).state();
  EXPECT_EQ(begins_at(), from_start_);
}

TEST_F(Left, FileThatWasCutShortIsNotGoneOnWith) {
  for (const uintmax_t bytes : {uintmax_t{0}, uintmax_t{100}, uintmax_t{8192}}) {
    leave(kGen2, std::nullopt, some_);
    std::filesystem::resize_file(Rounds(directory_.shard(kGen2, kP1)).path() / "data.mdb", bytes);
    EXPECT_EQ(begins_at(), from_start_) << bytes;
  }
}

// What ends whoever reads it must not be read for ever.
TEST_F(Left, TakenUpOftenWithoutGettingFurtherItIsGivenUp) {
  const Fits all = [](Partition, const store::ShardIdentity&, Offset) { return true; };
  leave(kGen2, std::nullopt, some_);
  for (int i = 0; i < kTakenUpMax; ++i) {
    const auto found = take_up(directory_, std::nullopt, all);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->positions, some_);
  }
  EXPECT_FALSE(take_up(directory_, std::nullopt, all));
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

// Ctrl-C says nothing against what is left.
TEST_F(Left, LeftByABuildThatDidNotDieItIsTakenUpAnyNumberOfTimes) {
  const Fits all = [](Partition, const store::ShardIdentity&, Offset) { return true; };
  leave(kGen2, std::nullopt, some_);
  for (int i = 0; i <= kTakenUpMax; ++i) {
    ASSERT_TRUE(take_up(directory_, std::nullopt, all)) << i;
    forget_taking_up(directory_, kGen2);
  }
}

TEST_F(Left, EachStepForwardItMayBeTakenUpAgain) {
  const Fits all = [](Partition, const store::ShardIdentity&, Offset) { return true; };
  leave(kGen2, std::nullopt, {{kP0, Offset{1}}});
  const index::Declarations declarations = index::load_declarations();
  for (int i = 2; i < 3 + kTakenUpMax; ++i) {
    ShardBuild(directory_, kGen2, std::nullopt, kP0, declarations, kMemory)
        .fold_to(Offset{i}, std::atomic<bool>{false});
    EXPECT_TRUE(take_up(directory_, std::nullopt, all)) << i;
  }
}

// A fill said what it replaces and died; a rebuild, which replaces none, goes on with its rounds.
TEST_F(Left, WhatABuildThatDiedWasToReplaceStaysWhenAnotherPublishesIt) {
  leave(kGen2, std::nullopt, some_);
  note_replaced(directory_, kGen2, kGen1);
  build_and_publish();
  ASSERT_EQ(directory_.current(), kGen2);
  remove_replaced(directory_);
  EXPECT_THAT(generations(), ElementsAre(kGen1, kGen2));
}

TEST_F(Left, ReplacedOneIsRemovedOnceItsSuccessorIsLive) {
  leave(kGen2, std::nullopt, some_);
  note_replaced(directory_, kGen2, kGen1);
  directory_.publish(kGen2);
  remove_replaced(directory_);
  EXPECT_THAT(generations(), ElementsAre(kGen2));
}

TEST_F(Left, FullDiskLeavesTheMarkAsItWas) {
  const Fits all = [](Partition, const store::ShardIdentity&, Offset) { return true; };
  leave(kGen2, std::nullopt, some_);
  std::filesystem::create_symlink("/dev/full", directory_.generation(kGen2) / "building.new");
  EXPECT_EQ(store::fault_of([&] { take_up(directory_, std::nullopt, all); }), Fault::kFull);
  const auto found = take_up(directory_, std::nullopt, all);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->positions, some_);
}

TEST_F(Left, FullDiskIsToldByWhoNotesWhatIsReplaced) {
  leave(kGen2, std::nullopt, some_);
  std::filesystem::create_symlink("/dev/full", directory_.generation(kGen2) / "replaces");
  EXPECT_EQ(store::fault_of([&] { note_replaced(directory_, kGen2, kGen1); }), Fault::kFull);
  EXPECT_THAT(names_in(kGen2), ElementsAre("0.round-1", "1.round-1", "building"));
}

TEST_F(Left, MarkOfAGenerationThatIsLiveIsRemoved) {
  leave(kGen2, std::nullopt, {{kP0, Offset{9}}});
  directory_.publish(kGen2);  // and died before the mark was removed
  EXPECT_FALSE(remove_leftovers(directory_, Keep::kAll));
  EXPECT_THAT(names_in(kGen2), ElementsAre("0.round-1"));
}

TEST_F(Left, WhoBuildsNothingKeepsWhatABuildMayGoOnWith) {
  leave(kGen2, std::nullopt, some_);
  EXPECT_EQ(remove_leftovers(directory_, Keep::kRebuild), kGen2);
  directory_.remove_generation(kGen2);
  leave(kGen2, kGen1, {{kP0, state(kGen1, kP0).position}});
  EXPECT_EQ(remove_leftovers(directory_, Keep::kAll), kGen2);
  EXPECT_EQ(remove_leftovers(directory_, Keep::kRebuild), std::nullopt);
  EXPECT_THAT(generations(), ElementsAre(kGen1));
  leave(kGen2, std::nullopt, {});
  add_layers(kGen2, kP0, {4});
  EXPECT_EQ(remove_leftovers(directory_, Keep::kRebuild), kGen2);
}

TEST_F(Left, WithoutAWholeRoundNothingIsKept) {
  begin_generation(directory_, kGen2, std::nullopt);
  EXPECT_EQ(remove_leftovers(directory_, Keep::kAll), std::nullopt);
  EXPECT_THAT(generations(), ElementsAre(kGen1));
}

// A first `run` makes generation 1 itself.
TEST_F(Left, WithoutALiveGenerationItIsForARebuildAlone) {
  std::filesystem::remove(temp_.path() / "current");
  directory_.remove_generation(kGen1);
  leave(kGen1, std::nullopt, some_);
  EXPECT_EQ(begins_at(), some_);
  leave(kGen1, std::nullopt, some_);
  EXPECT_EQ(remove_leftovers(directory_, Keep::kAll), std::nullopt);
  EXPECT_TRUE(generations().empty());
}

}  // namespace
}  // namespace ledger::bulk
