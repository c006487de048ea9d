#include "projector/bulk/work_meter.h"

#include <thread>

#include <gtest/gtest.h>

#include "projector/bulk/shard_stack.h"

namespace ledger::bulk {
namespace {

constexpr std::chrono::milliseconds kPause{60};
constexpr double kPauseSeconds = std::chrono::duration<double>(kPause).count();

TEST(WorkMeter, FoldedEventsAreNoLongerLeft) {
  WorkMeter meter;
  meter.expect(1000);
  EXPECT_FALSE(meter.read().begun);
  meter.begin();
  meter.folded(400, 0.5, 2000, {});
  const ShardWork work = meter.read();
  EXPECT_TRUE(work.begun);
  EXPECT_EQ(work.events, 400U);
  EXPECT_EQ(work.events_left, 600U);
  EXPECT_EQ(work.fresh, 2000U);
  EXPECT_DOUBLE_EQ(work.fold_units, fold_units(400, {}));
}

TEST(WorkMeter, WrittenRoundIsALayerBelowTheNext) {
  WorkMeter meter;
  meter.expect(1000);
  meter.begin();
  meter.folded(400, 1, 2000, {50, 100});
  meter.begin_write(ShardWork::Writing::kLayer);
  meter.written(1500);
  EXPECT_EQ(meter.read().writing, ShardWork::Writing::kLayer);
  EXPECT_EQ(meter.read().written, 1500U);
  meter.end_write();
  const ShardWork work = meter.read();
  EXPECT_EQ(work.writing, ShardWork::Writing::kNothing);
  EXPECT_EQ(work.events, 0U);
  EXPECT_EQ(work.below.layers, 2050U);
  EXPECT_EQ(work.below.base, 100U);
  EXPECT_EQ(work.layers, 1U);
  EXPECT_EQ(work.round_events, 400U);
  EXPECT_DOUBLE_EQ(work.fresh_per_event, 5);
  EXPECT_DOUBLE_EQ(work.write_units, layer_units(2000, 1));
}

TEST(WorkMeter, WrittenShardIsTheBaseOfWhatFollows) {
  WorkMeter meter;
  meter.begin();
  meter.folded(400, 0.5, 2000, {50, 100});
  meter.begin_write(ShardWork::Writing::kShard);
  meter.end_write();
  const ShardWork work = meter.read();
  EXPECT_EQ(work.below.layers, 0U);
  EXPECT_EQ(work.below.base, 2150U);
  EXPECT_DOUBLE_EQ(work.write_units, shard_units(2000, {50, 100}));
}

// The last one of a shard, which says nothing of how many fill the memory.
TEST(WorkMeter, RoundThatWasNotFullIsNoMeasure) {
  WorkMeter meter;
  meter.begin();
  meter.folded(400, 0.3, 2000, {});
  meter.begin_write(ShardWork::Writing::kShard);
  meter.end_write();
  EXPECT_EQ(meter.read().round_events, 0U);
}

// With so many that one more has them joined.
TEST(WorkMeter, LayersThatAnotherBuildLeftCountForTheNext) {
  WorkMeter meter;
  meter.stand_on(ShardStack::kFanIn - 1);
  EXPECT_EQ(meter.read().layers, ShardStack::kFanIn - 1);
  meter.begin();
  meter.folded(400, 1, 2000, {});
  meter.begin_write(ShardWork::Writing::kLayer);
  meter.end_write();
  EXPECT_EQ(meter.read().layers, ShardStack::kFanIn);
  EXPECT_DOUBLE_EQ(meter.read().write_units, layer_units(2000, ShardStack::kFanIn));
}

TEST(WorkMeter, WaitingForEventsThatAreFetchedBesideItIsNoFolding) {
  WorkMeter meter;
  meter.begin();
  meter.fetched_beside(true);
  meter.begin_wait();
  std::this_thread::sleep_for(kPause);
  meter.end_wait();
  meter.folded(400, 0.1, 2000, {});
  const ShardWork beside = meter.read();
  EXPECT_GE(beside.beside.passed, kPauseSeconds);
  EXPECT_GE(beside.beside.waited, kPauseSeconds);
  EXPECT_GT(beside.beside.used, 0);
  EXPECT_LT(beside.beside.worked, kPauseSeconds / 2);
  EXPECT_LT(beside.fold_seconds, kPauseSeconds / 2);
  meter.fetched_beside(false);
  std::this_thread::sleep_for(kPause);
  meter.folded(400, 0.2, 4000, {});
  const ShardWork alone = meter.read();
  EXPECT_GE(alone.fold_seconds, kPauseSeconds);
  EXPECT_LT(alone.beside.passed - beside.beside.passed, kPauseSeconds / 2);
}

// Which went on at another speed.
TEST(WorkMeter, FoldingBesideAFetchWeighsLittleBehindIt) {
  WorkMeter meter;
  meter.begin();
  meter.fetched_beside(true);
  meter.folded(4000, 0.5, 2000, {});
  const ShardWork beside = meter.read();
  meter.fetched_beside(true);
  EXPECT_EQ(meter.read().fold_units, beside.fold_units);
  meter.fetched_beside(false);
  EXPECT_LT(meter.read().fold_units, beside.fold_units / 5);
  EXPECT_EQ(meter.read().events, beside.events);
}

TEST(WorkMeter, MoreThanWasExpectedLeavesNothing) {
  WorkMeter meter;
  meter.expect(10);
  meter.begin();
  meter.folded(400, 0.3, 2000, {});
  EXPECT_EQ(meter.read().events_left, 0U);
}

}  // namespace
}  // namespace ledger::bulk
