#include "projector/shard/folding.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "schemas/store/reader.h"
#include "tests/support/fold/kept_events.h"
#include "tests/support/process.h"

namespace ledger::shard {
namespace {

using testing::KeptEvents;
using testing::kT;

struct Folded : ::testing::Test {
  Folded() : temp(test::memory_directory()) {}

  std::filesystem::path path() const { return temp.path() / "0"; }
  Folding open(const BatchBounds& bounds = {}) {
    return {path(), testing::kept_shard_identity(),
            [this](Offset offset) { return events.at(offset); }, bounds};
  }
  // Positions that were committed on the way, one per commit.
  std::vector<int64_t> commits(Folding& folding) {
    std::vector<int64_t> positions;
    for (const store::KeptEvent& event : events.range(folding.position(), events.end())) {
      if (folding.fold(event)) positions.push_back(raw(folding.state().position));
    }
    return positions;
  }

  test::TempDir temp;
  KeptEvents events;
};

TEST_F(Folded, BatchIsCommittedWithItsLastEvent) {
  events.add_plays(7);
  Folding folding = open({.events_max = 3});
  EXPECT_EQ(commits(folding), (std::vector<int64_t>{3, 6}));
  EXPECT_EQ(folding.position(), Offset{8});
  EXPECT_EQ(folding.state().position, Offset{6});
  folding.commit();
  EXPECT_EQ(folding.state().position, Offset{8});
  EXPECT_EQ(folding.state().counters.events, 8U);
}

TEST_F(Folded, ReadersSeeWholeBatchesOnly) {
  events.add_plays(3);
  Folding folding = open({.events_max = 3});
  store::ShardReader reader(path());
  commits(folding);
  reader.renew();
  EXPECT_EQ(reader.state().position, Offset{3});
  folding.commit();
  reader.renew();
  EXPECT_EQ(reader.state().position, Offset{4});
}

TEST_F(Folded, WhatWasNotCommittedIsFoldedAgainWhenItIsOpenedAnew) {
  events.add_plays(3);
  {
    Folding folding = open({.events_max = 3});
    commits(folding);
  }
  Folding folding = open();
  EXPECT_EQ(folding.position(), Offset{3});
  commits(folding);
  folding.commit();
  EXPECT_EQ(folding.state().counters.events, 4U);
}

TEST_F(Folded, PagesFillABatchBeforeItsEventsDo) {
  events.add_plays(2000);
  Folding folding = open({.events_max = 10000, .dirty_pages_max = 100});
  const auto positions = commits(folding);
  ASSERT_GE(positions.size(), 4U);
  EXPECT_EQ(positions[0] % 64, 0);
}

TEST_F(Folded, EventsWithoutRowsFillABatchLater) {
  for (int i = 0; i < 2000; ++i) events.add_raw("k", "no event");
  Folding quarantined = open({.events_max = 10000, .dirty_pages_max = 100});
  EXPECT_LE(commits(quarantined).size(), 1U);
}

TEST_F(Folded, IndexEntryWithoutItsRowIsDamage) {
  events.add_plays(1);
  {
    Folding folding = open();
    commits(folding);
    folding.commit();
  }
  {
    store::ShardWriter writer(path(), testing::kept_shard_identity());
    writer.begin();
    writer.erase(store::View::kUserContentAudioRows, store::rid_key(store::Rid{1}));
    writer.commit(writer.state());
  }
  events.add(testing::play("user-1"));
  Folding folding = open();
  try {
    commits(folding);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIntegrity);
  }
}

TEST_F(Folded, AcceptedGapMovesThePositionAndCountsNoEvents) {
  events.add_plays(1);
  events.add_gap(5);
  events.add_plays(1);
  Folding folding = open();
  commits(folding);
  folding.commit();
  EXPECT_EQ(folding.state().position, Offset{8});
  EXPECT_EQ(folding.state().counters.events, 3U);
}

TEST_F(Folded, GapAloneIsCommitted) {
  events.add_gap(5);
  Folding folding = open();
  commits(folding);
  folding.commit();
  EXPECT_EQ(store::ShardReader(path()).state().position, Offset{6});
}

TEST_F(Folded, LogTimeNeverGoesBackAlsoOverBatches) {
  events.add(testing::play("u1"), kT + 5000);
  events.add(testing::play("u1"), kT + 1000);
  Folding folding = open({.events_max = 1});
  commits(folding);
  EXPECT_EQ(folding.state().log_time_max_ms, static_cast<int64_t>(kT) + 5000);
}

TEST_F(Folded, OccurredAtIsComparedWithTheRunningMaximum) {
  events.add(testing::play("u1"), kT + 3600e3);
  events.add(testing::event_of(testing::play("u2"), kT + 3600e3), kT);
  Folding folding = open();
  commits(folding);
  folding.commit();
  EXPECT_EQ(folding.state().counters.codes.count(store::Code::kClockAhead), 0U);
}

TEST_F(Folded, CommitOfNothingIsNoTransaction) {
  Folding folding = open();
  folding.commit();
  EXPECT_EQ(folding.state(), store::ShardState());
}

TEST_F(Folded, BatchSizeDoesNotShowInTheState) {
  events.add(testing::audio_created("ca1"));
  events.add_plays(20);
  events.add(testing::content_changed("c1", "h2"));
  events.add(testing::audio_deleted("ca1"));
  store::ShardState at_once;
  {
    Folding folding = open();
    commits(folding);
    folding.commit();
    at_once = folding.state();
  }
  std::filesystem::remove_all(path());
  Folding one_by_one = open({.events_max = 1});
  commits(one_by_one);
  EXPECT_EQ(one_by_one.state(), at_once);
}

}  // namespace
}  // namespace ledger::shard
