#include "projector/rebuild/rebuild.h"

#include <thread>

#include "tests/unit/rebuild/live_views.h"

namespace ledger::rebuild {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using Rebuilt = LiveViews;

TEST_F(Rebuilt, EqualGenerationIsPublishedBesideTheOldOne) {
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_EQ(live(), kGen2);
  EXPECT_THAT(generations(), ElementsAre(kGen1, kGen2));
  for (const Partition partition : {kP0, kP1}) {
    EXPECT_EQ(state(kGen2, partition), state(kGen1, partition));
    EXPECT_GT(state(kGen2, partition).counters.events, 1U);
  }
  EXPECT_THAT(directory_.partitions(kGen2), ElementsAre(kP0, kP1));
}

TEST_F(Rebuilt, NothingButShardsIsInTheGeneration) {
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(names_in(kGen2), UnorderedElementsAre("0", "1"));
}

TEST_F(Rebuilt, RunGoesOnInTheNewGeneration) {
  ASSERT_EQ(rebuild(), Fault::kNone);
  {
    testing::BuiltViews views(temp_.path());
    for (int i = 40; i < 60; ++i) views.add(play(i));
    views.commit();
  }
  EXPECT_GT(raw(state(kGen2, kP0).position) + raw(state(kGen2, kP1).position),
            raw(state(kGen1, kP0).position) + raw(state(kGen1, kP1).position));
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_EQ(state(kGen3, kP0), state(kGen2, kP0));
  EXPECT_EQ(state(kGen3, kP1), state(kGen2, kP1));
}

TEST_F(Rebuilt, OnePreviousGenerationStays) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(generations(), ElementsAre(kGen3, store::Generation{4}));
}

TEST_F(Rebuilt, KeepSaysHowManyPreviousGenerationsStay) {
  options_.keep = 2;
  ASSERT_EQ(rebuild(), Fault::kNone);
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(generations(), ElementsAre(kGen1, kGen2, kGen3));
  options_.keep = 0;
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(generations(), ElementsAre(store::Generation{4}));
}

TEST_F(Rebuilt, LeftoversOfARebuildThatDiedAreRemoved) {
  std::filesystem::create_directories(directory_.generation(kGen2) / "0.round-1");
  std::filesystem::create_directories(directory_.generation(kGen3) / "0");
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(generations(), ElementsAre(kGen1, kGen2));
  EXPECT_THAT(names_in(kGen2), UnorderedElementsAre("0", "1"));
}

TEST_F(Rebuilt, UnreadableOldShardIsNothingToCompareWith) {
  overwrite(directory_.shard(kGen1, kP1) / "data.mdb");
  options_.quiet = false;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("partition 1: nothing to compare with"));
  EXPECT_EQ(live(), kGen2);
  EXPECT_EQ(state(kGen2, kP0), state(kGen1, kP0));
}

TEST_F(Rebuilt, WithoutALiveGenerationItIsMadeFromTheKeptLogAlone) {
  const store::ShardState before = state(kGen1, kP0);
  std::filesystem::remove(temp_.path() / "current");
  std::filesystem::remove_all(directory_.generation(kGen1));
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_EQ(live(), kGen1);
  EXPECT_EQ(state(kGen1, kP0), before);
}

// Positions do not move by it: what was kept and not folded is folded by the next run.
TEST_F(Rebuilt, StandsExactlyWhereTheLiveShardStoodThoughTheKeptLogIsAhead) {
  std::filesystem::remove_all(directory_.shard(kGen1, kP1));
  store::ShardIdentity identity = store::ShardReader(directory_.shard(kGen1, kP0)).identity();
  identity.log.partition = kP1;
  store::ShardWriter(directory_.shard(kGen1, kP1), identity).state();
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_EQ(state(kGen2, kP0), state(kGen1, kP0));
  EXPECT_EQ(state(kGen2, kP1).position, Offset{0});
}

TEST_F(Rebuilt, HandOverOfARebuildThatDiedIsRemoved) {
  std::ofstream(directory_.handover()).flush();
  ASSERT_EQ(rebuild(), Fault::kNone);
  EXPECT_FALSE(std::filesystem::exists(directory_.handover()));
}

TEST_F(Rebuilt, GenerationIsPublishedOnceTheHolderOfTheViewsLetsGo) {
  options_.hand_over_within = std::chrono::seconds(30);
  auto held = std::make_unique<store::FileLock>(directory_.writer_lock(), "tests");
  std::optional<store::Generation> while_held;
  std::thread holder([&] {
    while (!std::filesystem::exists(directory_.handover())) std::this_thread::yield();
    while_held = live();
    held.reset();
  });
  EXPECT_EQ(rebuild(), Fault::kNone);
  holder.join();
  EXPECT_EQ(while_held, kGen1);
  EXPECT_EQ(live(), kGen2);
  EXPECT_FALSE(std::filesystem::exists(directory_.handover()));
}

TEST_F(Rebuilt, AnyNumberOfThreadsMakesTheSame) {
  for (const size_t threads : {size_t{1}, size_t{2}, size_t{64}}) {
    options_.threads = threads;
    ASSERT_EQ(rebuild(), Fault::kNone);
  }
  EXPECT_EQ(state(*live(), kP0), state(kGen3, kP0));
}

}  // namespace
}  // namespace ledger::rebuild
