#include "projector/shard/shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fold/kept_events.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::shard {
namespace {

using store::fault_of;
using store::message_of;
using ::testing::HasSubstr;
using testing::KeptEvents;

constexpr store::Generation kGeneration{1};
constexpr Partition kP0{0};
const auto kGoOn = [] { return true; };

struct WrittenShard : ::testing::Test {
  WrittenShard() : temp(test::memory_directory()), directory(temp.path()) { directory.create(); }

  Shard open(const BatchBounds& bounds = {}) { return {directory, kGeneration, identity, bounds}; }
  // An earlier run that kept all events and died before it folded any.
  void only_keep() {
    store::KeptLogWriter kept(directory.log(kP0), identity.log);
    kept.append(events.all());
  }

  test::TempDir temp;
  store::ViewDirectory directory;
  store::ShardIdentity identity = testing::kept_shard_identity();
  KeptEvents events;
};

TEST_F(WrittenShard, NewOneStandsAtZeroAndHoldsNoRecord) {
  const Shard shard = open();
  EXPECT_EQ(shard.position(), Offset{0});
  EXPECT_EQ(shard.kept_end(), Offset{0});
  const consumer::Held held = shard.held();
  EXPECT_EQ(held.next, Offset{0});
  EXPECT_FALSE(held.first || held.last);
}

TEST_F(WrittenShard, AppendKeepsAndFolds) {
  events.add_plays(5);
  {
    Shard shard = open({.events_max = 4});
    shard.append(events.all());
    EXPECT_EQ(shard.position(), Offset{6});
    EXPECT_EQ(shard.kept_end(), Offset{6});
    EXPECT_EQ(shard.log_time_max_ms(), static_cast<int64_t>(testing::kT));
  }
  const Shard again = open();
  EXPECT_EQ(again.position(), Offset{6});
  EXPECT_EQ(again.kept_end(), Offset{6});
}

TEST_F(WrittenShard, HoldsRecordZeroAndTheLastOne) {
  events.add_plays(2);
  Shard shard = open();
  shard.append(events.all());
  const consumer::Held held = shard.held();
  EXPECT_EQ(held.partition, kP0);
  EXPECT_EQ(held.next, Offset{3});
  ASSERT_TRUE(held.first && held.last);
  EXPECT_EQ(held.first->offset, Offset{0});
  EXPECT_EQ(held.first->key, std::nullopt);
  EXPECT_EQ(held.first->value, events.at(Offset{0})->value);
  EXPECT_EQ(held.last->offset, Offset{2});
  EXPECT_EQ(held.last->key, "c1");
  EXPECT_EQ(held.last->timestamp_ms, static_cast<int64_t>(testing::kT));
}

TEST_F(WrittenShard, HoldsNoLastRecordBehindAGap) {
  Shard shard = open();
  shard.append(events.all());
  shard.accept_gap(Offset{4});
  EXPECT_TRUE(shard.held().first);
  EXPECT_FALSE(shard.held().last);
  EXPECT_EQ(shard.held().next, Offset{4});
}

TEST_F(WrittenShard, HoldsNoRecordZeroThatIsLost) {
  Shard shard = open();
  shard.accept_gap(Offset{3});
  EXPECT_FALSE(shard.held().first || shard.held().last);
}

TEST_F(WrittenShard, IsNotBehindWhatItKeptForABatchThatWaitsForMore) {
  events.add_plays(3);
  Shard shard = open();
  shard.append(events.range(Offset{0}, Offset{2}), true);
  EXPECT_EQ(shard.position(), Offset{0});
  EXPECT_FALSE(shard.behind_kept());
  shard.catch_up(kGoOn);
  EXPECT_EQ(shard.position(), Offset{2});
  shard.append(events.range(Offset{2}, Offset{4}));
  EXPECT_EQ(shard.position(), Offset{4});
}

TEST_F(WrittenShard, GoesOnBehindAnAcceptedGap) {
  events.add_gap(3);
  events.add_plays(1);
  {
    Shard shard = open();
    shard.append(events.range(Offset{0}, Offset{1}));
    shard.accept_gap(Offset{4});
    EXPECT_TRUE(shard.behind_kept());
    shard.catch_up(kGoOn);
    EXPECT_FALSE(shard.behind_kept());
    EXPECT_EQ(shard.position(), Offset{4});
    shard.append(events.range(Offset{4}, Offset{5}));
  }
  Shard again = open();
  EXPECT_EQ(again.position(), Offset{5});
  EXPECT_EQ(again.held().last->offset, Offset{4});
  EXPECT_TRUE(again.accepted(Offset{1}, Offset{4}));
  EXPECT_FALSE(again.accepted(Offset{1}, Offset{3}));
  EXPECT_FALSE(again.accepted(Offset{0}, Offset{4}));
  EXPECT_FALSE(again.accepted(Offset{4}, Offset{5}));
}

TEST_F(WrittenShard, KeptLogThatIsAheadIsCaughtUp) {
  events.add_plays(5);
  events.add_gap(2);
  events.add_plays(1);
  only_keep();
  Shard shard = open({.events_max = 2});
  EXPECT_EQ(shard.position(), Offset{0});
  EXPECT_EQ(shard.kept_end(), Offset{9});
  shard.catch_up(kGoOn);
  EXPECT_EQ(shard.position(), Offset{9});
  EXPECT_EQ(store::ShardReader(directory.shard(kGeneration, kP0)).state().counters.events, 7U);
}

TEST_F(WrittenShard, CatchingUpStopsAtACommitAndGoesOnLater) {
  events.add_plays(8);
  only_keep();
  {
    Shard shard = open({.events_max = 2});
    int asked = 0;
    shard.catch_up([&] { return ++asked < 2; });
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(shard.position(), Offset{4});
  }
  Shard again = open({.events_max = 2});
  EXPECT_EQ(again.position(), Offset{4});
  again.catch_up(kGoOn);
  EXPECT_EQ(again.position(), Offset{9});
}

TEST_F(WrittenShard, CaughtUpShardIsTheOneThatWasAppendedTo) {
  events.add(testing::audio_created("ca1"));
  events.add_plays(5);
  events.add(testing::content_changed("c1", "h2"));
  only_keep();
  const auto path = directory.shard(kGeneration, kP0);
  open().catch_up(kGoOn);
  const store::ShardState caught_up = store::ShardReader(path).state();
  std::filesystem::remove_all(directory.log(kP0));
  std::filesystem::remove_all(path);
  open().append(events.all());
  EXPECT_EQ(store::ShardReader(path).state(), caught_up);
}

TEST_F(WrittenShard, ViewsAheadOfTheKeptLogAreIntegrity) {
  events.add_plays(3);
  open().append(events.all());
  std::filesystem::remove_all(directory.log(kP0));
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kIntegrity);
  EXPECT_THAT(message_of([&] { open(); }), HasSubstr("ends at 0"));
  EXPECT_THAT(message_of([&] { open(); }), HasSubstr("stand at 4"));
}

TEST_F(WrittenShard, AnotherFoldVersionIsIncompatible) {
  open().append(events.all());
  ++identity.fold_version;
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kIncompatible);
}

TEST_F(WrittenShard, OtherDeclarationsAreIncompatible) {
  open().append(events.all());
  std::erase_if(identity.declarations.indexes,
                [](const index::IndexSpec& spec) { return spec.name == "contentHash"; });
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kIncompatible);
}

TEST_F(WrittenShard, AnotherLedgerOrPartitionCountIsIncompatible) {
  open().append(events.all());
  const store::LogIdentity own = identity.log;
  identity.log.ledger_id[15] ^= 1;
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kIncompatible);
  identity.log = own;
  identity.log.partition_count = 2;
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kIncompatible);
  identity.log = own;
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kNone);
}

TEST_F(WrittenShard, PayloadOfAnEarlierBatchIsComparedFromTheKeptLog) {
  const event::Event first = testing::event_of(testing::play("u1"));
  event::Event other = testing::event_of(testing::play("u2"));
  other.event_id = first.event_id;
  events.add(first);
  events.add(first);
  events.add(other);
  Shard shard = open({.events_max = 1});
  for (const store::KeptEvent& event : events.all()) shard.append({&event, 1});
  const auto counters = store::ShardReader(directory.shard(kGeneration, kP0)).state().counters;
  EXPECT_EQ(counters.duplicates, 1U);
  EXPECT_EQ(counters.codes.at(store::Code::kEventIdReused), 1U);
}

TEST_F(WrittenShard, WithoutItsKeptLogIsRefusedAndNoneIsMade) {
  {
    Shard shard = open();
    shard.append(events.all());
  }
  std::filesystem::remove_all(directory.log(kP0));
  EXPECT_EQ(fault_of([&] { open(); }), Fault::kIntegrity);
  EXPECT_THAT(message_of([&] { open(); }), HasSubstr("restore log/ from a copy"));
  EXPECT_FALSE(std::filesystem::exists(directory.log(kP0)));
}

TEST_F(WrittenShard, ThatFoldedNothingYetIsGivenAKeptLogAnew) {
  open();
  std::filesystem::remove_all(directory.log(kP0));
  EXPECT_EQ(open().kept_end(), Offset{0});
}

}  // namespace
}  // namespace ledger::shard
