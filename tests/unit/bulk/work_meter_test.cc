#include "projector/bulk/work_meter.h"

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

TEST(WorkMeter, FoldedEventsAreNoLongerLeft) {
  WorkMeter meter;
  meter.expect(1000);
  EXPECT_FALSE(meter.read().begun);
  meter.begin();
  meter.folded(400, 0.5, 2000, 0);
  const ShardWork work = meter.read();
  EXPECT_TRUE(work.begun);
  EXPECT_EQ(work.events, 400U);
  EXPECT_EQ(work.events_left, 600U);
  EXPECT_EQ(work.fresh, 2000U);
  EXPECT_DOUBLE_EQ(work.fold_units, fold_units(400, 0));
}

TEST(WorkMeter, WrittenRoundIsTheBaseOfTheNext) {
  WorkMeter meter;
  meter.expect(1000);
  meter.begin();
  meter.folded(400, 1, 2000, 100);
  meter.begin_write();
  meter.written(1500);
  EXPECT_TRUE(meter.read().writing);
  EXPECT_EQ(meter.read().written, 1500U);
  meter.end_write();
  const ShardWork work = meter.read();
  EXPECT_FALSE(work.writing);
  EXPECT_EQ(work.events, 0U);
  EXPECT_EQ(work.base, 2100U);
  EXPECT_EQ(work.round_events, 400U);
  EXPECT_DOUBLE_EQ(work.fresh_per_event, 5);
  EXPECT_DOUBLE_EQ(work.write_units, write_units(2000, 100));
}

// The last one of a shard, which says nothing of how many fill the memory.
TEST(WorkMeter, RoundThatWasNotFullIsNoMeasure) {
  WorkMeter meter;
  meter.begin();
  meter.folded(400, 0.3, 2000, 0);
  meter.begin_write();
  meter.end_write();
  EXPECT_EQ(meter.read().round_events, 0U);
}

TEST(WorkMeter, MoreThanWasExpectedLeavesNothing) {
  WorkMeter meter;
  meter.expect(10);
  meter.begin();
  meter.folded(400, 0.3, 2000, 0);
  EXPECT_EQ(meter.read().events_left, 0U);
}

}  // namespace
}  // namespace ledger::bulk
