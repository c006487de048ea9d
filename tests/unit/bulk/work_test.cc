#include "projector/bulk/work.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "projector/bulk/shard_stack.h"

namespace ledger::bulk {
namespace {

constexpr EntriesBelow kSome{1, 0};

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
  EXPECT_DOUBLE_EQ(left({shard(2000, 6000, 0.2)}), 6000 + shard_units(40000, {}));
}

TEST(Work, EachFullRoundIsALayerAndTheLastOneIsMergedWithThem) {
  const double expected = 2000 + layer_units(20000, 1) +  // the round at hand
                          fold_units(4000, kSome) + layer_units(20000, 2) +
                          fold_units(2000, kSome) + shard_units(10000, {40000, 0});
  EXPECT_DOUBLE_EQ(left({shard(2000, 8000, 0.5)}), expected);
}

TEST(Work, LayersAreJoinedWhenThereAreManyOfThem) {
  EXPECT_GT(layer_units(1000, ShardStack::kFanIn), 2 * layer_units(1000, ShardStack::kFanIn + 1));
}

TEST(Work, RoundsAreAsLargeAsTheLastFullOne) {
  ShardWork work = shard(1000, 7000, 0.9);  // memory is taken in pieces at first
  work.round_events = 4000;
  EXPECT_DOUBLE_EQ(left({work}), 3000 + layer_units(20000, 1) + fold_units(4000, kSome) +
                                     shard_units(20000, {20000, 0}));
}

TEST(Work, WhatIsWrittenIsNotWrittenAgain) {
  ShardWork work = shard(2000, 0, 1);
  work.writing = ShardWork::Writing::kShard;
  work.below = {20000, 10000};
  work.written = 10000;  // of 40,000
  EXPECT_DOUBLE_EQ(left({work}), 0.75 * shard_units(10000, work.below));
  work.written = 50000;  // what was left out is not among what was expected
  EXPECT_DOUBLE_EQ(left({work}), 0);
}

TEST(Work, LayerThatIsWrittenIsMergedYet) {
  ShardWork work = shard(2000, 0, 1);
  work.writing = ShardWork::Writing::kLayer;
  work.below = {20000, 10000};
  work.written = 2500;  // of 10,000
  EXPECT_DOUBLE_EQ(left({work}), 0.75 * layer_units(10000, 1) + shard_units(0, {30000, 10000}));
}

TEST(Work, BetweenTwoRoundsTheEntriesOfTheLastOneAreExpectedOfTheNext) {
  ShardWork work = shard(0, 4000, 0);
  work.fold_units = work.fold_seconds = 4000;
  work.fresh_per_event = 5;
  work.below = {20000, 0};
  work.round_events = 4000;
  EXPECT_DOUBLE_EQ(left({work}), fold_units(4000, kSome) + shard_units(20000, {20000, 0}));
}

TEST(Work, WritesAreAsFastAsThoseThatWereSeen) {
  ShardWork work = shard(2000, 0, 0.5);
  work.write_units = 100;
  work.write_seconds = 300;
  EXPECT_DOUBLE_EQ(left({work}), 3 * shard_units(10000, {}));
}

TEST(Work, LargestOfTheShardsThatAreAtWorkDecides) {
  const double large = left({shard(1000, 9000, 0.1)});
  EXPECT_DOUBLE_EQ(left({shard(1000, 9000, 0.1), shard(1000, 500, 0.1)}, 2), large);
}

TEST(Work, ShardsThatWaitAreTakenByTheThreadThatIsFreeFirst) {
  ShardWork waiting;
  waiting.events_left = 3000;
  const double alone = 3000 + shard_units(15000, {});
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
                   left({working}) + 2000 + shard_units(10000, {}));
}

// The folding has no more of the time that the fetch takes yet than it had of that until now.
TEST(Work, WhileEventsAreFetchedAThreadHasAShareOfTheTime) {
  ShardWork work = shard(2000, 6000, 0.2);
  const double alone = left({work});
  const auto fetching = [](const std::vector<ShardWork>& shards) {
    constexpr double kFetchLeft = 1000;
    return seconds_left(shards, 1, kFetchLeft).value_or(-1);
  };
  EXPECT_DOUBLE_EQ(fetching({work}), alone) << "nothing tells of a share";
  work.beside = {.passed = 4000, .waited = 1000, .worked = 3000};
  EXPECT_DOUBLE_EQ(fetching({work}), alone + 250) << "it has a core for itself";
  work.beside = {.passed = 4000, .waited = 0, .worked = 3000, .used = 4000};
  EXPECT_DOUBLE_EQ(fetching({work}), alone + 250) << "it will have all that the process has";
  work.beside.used = 3000;
  EXPECT_DOUBLE_EQ(fetching({work}), alone / 0.75) << "other processes have the rest";
  work.beside.worked = 4001;  // two clocks
  EXPECT_DOUBLE_EQ(fetching({work}), alone);
}

// Builds of several rounds whose parts take other times than the model has for them.
class SimulatedBuild : public ::testing::TestWithParam<int> {
 protected:
  static constexpr double kAside = 1.25;  // events over layers are so much dearer than it says
  static constexpr uint64_t kEvents = 100'000;
  static constexpr uint64_t kStep = 1000;
  using Writing = ShardWork::Writing;

  uint64_t round() const { return kEvents / static_cast<uint64_t>(GetParam()) + 1; }

  void pass(double seconds) {
    now_ += seconds;
    said_.push_back({now_, seconds_left(std::vector<ShardWork>{work_}, 1).value_or(0)});
  }
  void fold() {
    const double units = fold_units(kStep, work_.below);
    work_.events += kStep;
    work_.events_left -= kStep;
    work_.fresh += 5 * kStep;
    work_.full = static_cast<double>(work_.events) / static_cast<double>(round());
    work_.fold_units += units;
    const double seconds = work_.below.layers > 0 ? kAside * units : units;
    work_.fold_seconds += seconds;
    pass(seconds);
  }
  void write(Writing what) {
    const bool is_layer = what == Writing::kLayer;
    const double units = is_layer ? layer_units(work_.fresh, work_.layers + 1)
                                  : shard_units(work_.fresh, work_.below);
    const uint64_t whole = is_layer ? work_.fresh : work_.fresh + work_.below.layers;
    work_.writing = what;
    for (uint64_t tenth = 1; tenth <= 10; ++tenth) {
      work_.written = whole * tenth / 10;
      pass(units / kAside / 10);
    }
    work_.write_units += units;
    work_.write_seconds += units / kAside;
    if (work_.full >= 1) work_.round_events = work_.events;
    work_.fresh_per_event = 5;
    work_.below.layers = is_layer ? work_.below.layers + work_.fresh : 0;
    work_.layers += is_layer ? 1 : 0;
    work_.writing = Writing::kNothing;
    work_.events = work_.fresh = 0;
    work_.full = 0;
  }
  void build() {
    work_.begun = true;
    work_.events_left = kEvents;
    while (work_.events_left > 0) {
      fold();
      if (work_.full >= 1 && work_.events_left > 0) write(Writing::kLayer);
    }
    write(Writing::kShard);
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
