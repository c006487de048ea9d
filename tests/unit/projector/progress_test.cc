#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/report/messages.h"

namespace ledger::report {
namespace {

using testing::EndsWith;

TEST(ProgressText, SaysShareNumbersRateAndWhatIsLeft) {
  EXPECT_EQ(progress_text({50, 200}, {0.25, 1234.6, 47.4}, false),
            " 25 %  50 of 200 events, 1235/s, 47 s left");
  EXPECT_EQ(progress_text({50, 200}, {0.25, 1, std::nullopt}, false),
            " 25 %  50 of 200 events, 1/s");
}

TEST(ProgressText, LongTimesAreInMinutesAndHours) {
  EXPECT_THAT(progress_text({1, 2}, {0.5, 1, 59.4}, false), EndsWith(", 59 s left"));
  EXPECT_THAT(progress_text({1, 2}, {0.5, 1, 59.6}, false), EndsWith(", 1 min 0 s left"));
  EXPECT_THAT(progress_text({1, 2}, {0.5, 1, 3599}, false), EndsWith(", 59 min 59 s left"));
  EXPECT_THAT(progress_text({1, 2}, {0.5, 1, 7320}, false), EndsWith(", 2 h 2 min left"));
}

TEST(ProgressText, BarHasOneWidth) {
  const std::string empty = progress_text({0, 200}, {0, 0}, true);
  const std::string full = progress_text({200, 200}, {1, 0}, true);
  EXPECT_EQ(empty.find(']'), full.find(']'));
  EXPECT_EQ(full.substr(1, 3), "===");
}

TEST(ProgressText, MoreThanExpectedIsNoMoreThanAll) {
  EXPECT_EQ(progress_text({7, 5}, {1, 0}, false), "100 %  7 of 7 events, 0/s");
}

class PaceOfAStep : public testing::Test {
 protected:
  Reading after(double seconds, const Progress& progress) {
    return pace_.at(start_ + std::chrono::duration_cast<Pace::Clock::duration>(
                                 std::chrono::duration<double>(seconds)),
                    progress);
  }

  Pace pace_;
  const Pace::Clock::time_point start_{};
};

TEST_F(PaceOfAStep, RateIsOfTheTimeSinceItBegan) {
  after(0, {0, 1000});
  EXPECT_DOUBLE_EQ(after(4, {100, 1000}).events_per_second, 25);
  EXPECT_DOUBLE_EQ(after(10, {500, 1000}).events_per_second, 50);
}

TEST_F(PaceOfAStep, WithoutAnEstimateWhatIsLeftTakesAsLongAsWhatIsDone) {
  EXPECT_EQ(after(0, {0, 1000}).seconds_left, std::nullopt);
  const Reading reading = after(10, {250, 1000});
  EXPECT_DOUBLE_EQ(reading.share, 0.25);
  EXPECT_DOUBLE_EQ(reading.seconds_left.value(), 30);
}

TEST_F(PaceOfAStep, WithAnEstimateTheShareIsOfTime) {
  after(0, {0, 1000, 50.0});
  const Reading reading = after(10, {900, 1000, 30.0});
  EXPECT_DOUBLE_EQ(reading.share, 0.25);
  EXPECT_DOUBLE_EQ(reading.seconds_left.value(), 30);
}

// `run` fetches, then fills, then catches up: each counts from 0.
TEST_F(PaceOfAStep, WhereTheNextStepCountsFrom0TheRateBeginsAnew) {
  after(0, {0, 1000});
  after(10, {1000, 1000});
  EXPECT_DOUBLE_EQ(after(12, {0, 500}).events_per_second, 0);
  const Reading reading = after(14, {100, 500});
  EXPECT_DOUBLE_EQ(reading.events_per_second, 50);
  EXPECT_DOUBLE_EQ(reading.seconds_left.value(), 8);
}

// Hours at the end of the log count for nothing when there is something to do again.
TEST_F(PaceOfAStep, BehindItsEndTheNextStepBeginsAnew) {
  after(0, {0, 1000});
  after(10, {1000, 1000});
  pace_.end();
  after(3600, {1000, 2000});
  EXPECT_DOUBLE_EQ(after(3602, {1100, 2000}).events_per_second, 50);
}

// A build that resumes counts what it does itself.
TEST_F(PaceOfAStep, WhatWasDoneBeforeItBeganIsNoRate) {
  after(0, {600, 1000});
  const Reading reading = after(2, {700, 1000});
  EXPECT_DOUBLE_EQ(reading.events_per_second, 50);
  EXPECT_DOUBLE_EQ(reading.seconds_left.value(), 6);
}

TEST_F(PaceOfAStep, NothingToDoIsDone) {
  EXPECT_DOUBLE_EQ(after(0, {0, 0}).share, 1);
  EXPECT_DOUBLE_EQ(after(1, {0, 0, 0.0}).share, 1);
}

}  // namespace
}  // namespace ledger::report
