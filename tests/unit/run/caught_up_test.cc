#include "projector/run/caught_up.h"

#include <gtest/gtest.h>

namespace ledger::run {
namespace {

PositionVector at(int64_t first, int64_t second) {
  return {{Partition{0}, Offset{first}}, {Partition{1}, Offset{second}}};
}

TEST(CaughtUp, KnowsNoTimeBeforeTheFirstLookIsReached) {
  CaughtUp caught_up;
  EXPECT_FALSE(caught_up.look_pending());
  EXPECT_FALSE(caught_up.reached(at(9, 9)));
  caught_up.look(1000, at(5, 5));
  EXPECT_TRUE(caught_up.look_pending());
  EXPECT_EQ(caught_up.time_ms(), std::nullopt);
}

TEST(CaughtUp, IsTheTimeOfTheLookOnceEveryPartitionIsThere) {
  CaughtUp caught_up;
  caught_up.look(1000, at(5, 5));
  EXPECT_FALSE(caught_up.reached(at(100, 4)));
  EXPECT_EQ(caught_up.time_ms(), std::nullopt);
  EXPECT_TRUE(caught_up.reached(at(5, 5)));
  EXPECT_EQ(caught_up.time_ms(), 1000);
  EXPECT_FALSE(caught_up.look_pending());
}

TEST(CaughtUp, StaysWhileALaterLookIsNotReached) {
  CaughtUp caught_up;
  caught_up.look(1000, at(5, 5));
  caught_up.reached(at(5, 5));
  caught_up.look(2000, at(5, 6));
  EXPECT_FALSE(caught_up.reached(at(5, 5)));
  EXPECT_EQ(caught_up.time_ms(), 1000);
  EXPECT_TRUE(caught_up.reached(at(5, 6)));
  EXPECT_EQ(caught_up.time_ms(), 2000);
}

TEST(CaughtUp, PartitionWithoutAPositionIsNotThere) {
  CaughtUp caught_up;
  caught_up.look(1000, at(0, 0));
  EXPECT_FALSE(caught_up.reached({{Partition{0}, Offset{7}}}));
}

TEST(CaughtUp, LogThatEndsWhereItBeginsIsReachedAtOnce) {
  CaughtUp caught_up;
  caught_up.look(1000, at(0, 0));
  EXPECT_TRUE(caught_up.reached(at(0, 0)));
}

}  // namespace
}  // namespace ledger::run
