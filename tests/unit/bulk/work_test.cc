#include "projector/bulk/work.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

// A shard that folds a unit in a second, and brings 5 entries an event.
ShardWork shard(uint64_t folded, uint64_t left, double full) {
  ShardWork work;
  work.begun = true;
  work.events = folded;
  work.events_left = left;
  work.full = full;
  work.fresh = 5 * folded;
  work.fold_units = static_cast<double>(folded);
  work.fold_seconds = static_cast<double>(folded);
  return work;
}

double left(const std::vector<ShardWork>& shards, size_t threads = 1) {
  return seconds_left(shards, threads).value_or(-1);
}

TEST(Work, BeforeAnythingIsFoldedItCannotBeSaid) {
  EXPECT_EQ(seconds_left(std::vector<ShardWork>{ShardWork{}}, 1), std::nullopt);
}

TEST(Work, RoundThatTakesAllIsFoldedAndWritten) {
  EXPECT_DOUBLE_EQ(left({shard(2000, 6000, 0.2)}), 6000 + write_units(40000, 0));
}

TEST(Work, EachRoundRewritesWhatCameBeforeIt) {
  const double expected = 2000 + write_units(20000, 0) +                     // the round at hand
                          fold_units(4000, 1) + write_units(20000, 20000) +  //
                          fold_units(2000, 1) + write_units(10000, 40000);
  EXPECT_DOUBLE_EQ(left({shard(2000, 8000, 0.5)}), expected);
}

TEST(Work, RoundsAreAsLargeAsTheLastFullOne) {
  ShardWork work = shard(1000, 7000, 0.9);  // memory is taken in pieces at first
  work.round_events = 4000;
  EXPECT_DOUBLE_EQ(left({work}), 7000 - 4000 + fold_units(4000, 1) + write_units(20000, 0) +
                                     write_units(20000, 20000));
}

TEST(Work, WhatIsWrittenOfARoundIsNotWrittenAgain) {
  ShardWork work = shard(2000, 0, 1);
  work.writing = true;
  work.base = 30000;
  work.written = 10000;  // of 40,000
  EXPECT_DOUBLE_EQ(left({work}), 0.75 * write_units(10000, 30000));
  work.written = 50000;  // what was left out of the base is not among what was expected
  EXPECT_DOUBLE_EQ(left({work}), 0);
}

TEST(Work, BetweenTwoRoundsTheEntriesOfTheLastOneAreExpectedOfTheNext) {
  ShardWork work = shard(0, 4000, 0);
  work.fold_units = work.fold_seconds = 4000;
  work.fresh_per_event = 5;
  work.base = 20000;
  work.round_events = 4000;
  EXPECT_DOUBLE_EQ(left({work}), fold_units(4000, 1) + write_units(20000, 20000));
}

TEST(Work, WritesAreAsFastAsThoseThatWereSeen) {
  ShardWork work = shard(2000, 0, 0.5);
  work.write_units = 100;
  work.write_seconds = 300;
  EXPECT_DOUBLE_EQ(left({work}), 3 * write_units(10000, 0));
}

TEST(Work, LargestOfTheShardsThatAreAtWorkDecides) {
  const double large = left({shard(1000, 9000, 0.1)});
  EXPECT_DOUBLE_EQ(left({shard(1000, 9000, 0.1), shard(1000, 500, 0.1)}, 2), large);
}

TEST(Work, ShardsThatWaitAreTakenByTheThreadThatIsFreeFirst) {
  ShardWork waiting;
  waiting.events_left = 3000;
  const double alone = 3000 + write_units(15000, 0);
  const std::vector<ShardWork> working = {shard(2000, 6000, 0.2), shard(2000, 1000, 0.2)};
  const double first = left({working[0]});
  const double second = left({working[1]});
  EXPECT_DOUBLE_EQ(left({working[0], working[1], waiting}, 2), std::max(first, second + alone));
  EXPECT_DOUBLE_EQ(left({working[1], waiting}, 1), second + alone);
}

TEST(Work, ShardThatIsDoneHoldsNobodyUp) {
  const ShardWork done = shard(0, 0, 0);
  ShardWork waiting;
  waiting.events_left = 2000;
  const ShardWork working = shard(2000, 1000, 0.2);
  EXPECT_DOUBLE_EQ(left({done, working, waiting}, 1),
                   left({working}) + 2000 + write_units(10000, 0));
}

// Builds of several rounds whose parts take other times than the model has for them.
class SimulatedBuild : public ::testing::TestWithParam<int> {
 protected:
  static constexpr double kAside = 1.25;  // a base makes events so much dearer than the model says
  static constexpr uint64_t kEvents = 100'000;
  static constexpr uint64_t kStep = 1000;

  uint64_t round() const { return kEvents / static_cast<uint64_t>(GetParam()) + 1; }

  void pass(double seconds) {
    now_ += seconds;
    said_.push_back({now_, seconds_left(std::vector<ShardWork>{work_}, 1).value_or(0)});
  }
  void fold() {
    const double units = fold_units(kStep, work_.base);
    work_.events += kStep;
    work_.events_left -= kStep;
    work_.fresh += 5 * kStep;
    work_.full = static_cast<double>(work_.events) / static_cast<double>(round());
    work_.fold_units += units;
    const double seconds = work_.base > 0 ? kAside * units : units;
    work_.fold_seconds += seconds;
    pass(seconds);
  }
  void write() {
    const double seconds = write_units(work_.fresh, work_.base) / kAside;
    work_.writing = true;
    for (uint64_t tenth = 1; tenth <= 10; ++tenth) {
      work_.written = (work_.fresh + work_.base) * tenth / 10;
      pass(seconds / 10);
    }
    work_.write_units += write_units(work_.fresh, work_.base);
    work_.write_seconds += seconds;
    if (work_.full >= 1) work_.round_events = work_.events;
    work_.fresh_per_event = 5;
    work_.base += work_.fresh;
    work_.writing = false;
    work_.events = work_.fresh = 0;
    work_.full = 0;
  }
  void build() {
    work_.begun = true;
    work_.events_left = kEvents;
    while (work_.events_left > 0) {
      fold();
      if (work_.full >= 1 || work_.events_left == 0) write();
    }
  }

  struct Said {
    double at;
    double left;
  };
  ShardWork work_;
  double now_ = 0;
  std::vector<Said> said_;
};

TEST_P(SimulatedBuild, IsToldWithinAFifthAfterTheFirstQuarter) {
  build();
  for (const Said& said : said_) {
    if (said.at < now_ / 4) continue;
    EXPECT_NEAR(said.at + said.left, now_, now_ / 5) << "at " << said.at / now_;
  }
  EXPECT_NEAR(said_.back().left, 0, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Rounds, SimulatedBuild, ::testing::Values(1, 2, 3, 7, 20));

}  // namespace
}  // namespace ledger::bulk
