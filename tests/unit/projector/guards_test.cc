#include "projector/consumer/guards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/consumer/fake_log.h"

namespace ledger::consumer {
namespace {

using test::FakeLog;
using testing::AllOf;
using testing::HasSubstr;

constexpr Partition kP0{0};

store::LogIdentity identity(int32_t partition_count = 1) {
  return {test::kLedger, "cluster-1", "topic-1", kP0, partition_count, false};
}

// What a shard holds that has folded [0, next) of this log.
Held held_of(const FakeLog& log, int64_t next) {
  const auto& events = log.partitions.at(kP0).events;
  Held held{kP0, Offset{next}, events.at(0), std::nullopt};
  if (next > 0) held.last = events.at(static_cast<size_t>(next - 1));
  return held;
}

// Runs `act`; returns the Error that it must throw.
template <typename Act>
Error error_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error";
  return Error(Fault::kNone, "");
}

struct GuardsTest : testing::Test {
  FakeLog log{1};
  Guards guards{log, "topic-1", "/views"};
};

TEST_F(GuardsTest, IdentifyReadsTheLedgerFromRecordZero) {
  const store::LogIdentity found = guards.identify(std::nullopt);
  EXPECT_EQ(found, identity());
}

TEST_F(GuardsTest, IdentifyAcceptsItsOwnViews) {
  EXPECT_EQ(guards.identify(identity()).ledger_id, test::kLedger);
}

TEST_F(GuardsTest, MissingTopicIsIncompatibleAndNamesInit) {
  log.missing = true;
  const Error error = error_of([&] { guards.identify(std::nullopt); });
  EXPECT_EQ(error.fault(), Fault::kIncompatible);
  EXPECT_THAT(error.what(), HasSubstr("ledger-emit init --topic topic-1"));
}

TEST_F(GuardsTest, TopicWithoutGenesisIsNoLedger) {
  log.zeros[kP0].state = log::OffsetZero::State::kOther;
  const Error error = error_of([&] { guards.identify(std::nullopt); });
  EXPECT_EQ(error.fault(), Fault::kIncompatible);
  EXPECT_THAT(error.what(), HasSubstr("not a ledger"));
}

TEST_F(GuardsTest, TopicWhoseStartIsGoneCannotBeIdentified) {
  log.zeros[kP0].state = log::OffsetZero::State::kGone;
  const Error error = error_of([&] { guards.identify(std::nullopt); });
  EXPECT_EQ(error.fault(), Fault::kIncompatible);
  EXPECT_THAT(error.what(), HasSubstr("is gone"));
}

TEST_F(GuardsTest, ViewsKnowTheirLedgerThoughItsStartIsGone) {
  log.zeros[kP0].state = log::OffsetZero::State::kGone;
  EXPECT_EQ(guards.identify(identity()).ledger_id, test::kLedger);
}

TEST_F(GuardsTest, InterruptedInitIsNamed) {
  FakeLog two(2);
  two.zeros[Partition{1}] = {};  // empty
  Guards of_two(two, "topic-1", "/views");
  const Error error = error_of([&] { of_two.identify(std::nullopt); });
  EXPECT_EQ(error.fault(), Fault::kIncompatible);
  EXPECT_THAT(error.what(), HasSubstr("ledger-emit init --topic topic-1 --partitions 2"));
}

TEST_F(GuardsTest, AnotherClusterIsIncompatible) {
  log.cluster_id = "cluster-2";
  EXPECT_EQ(error_of([&] { guards.identify(identity()); }).fault(), Fault::kIncompatible);
}

TEST_F(GuardsTest, AnotherTopicIsIncompatible) {
  store::LogIdentity other = identity();
  other.topic = "topic-2";
  EXPECT_EQ(error_of([&] { guards.identify(other); }).fault(), Fault::kIncompatible);
}

TEST_F(GuardsTest, AnotherPartitionCountIsIncompatible) {
  EXPECT_EQ(error_of([&] { guards.identify(identity(3)); }).fault(), Fault::kIncompatible);
}

TEST_F(GuardsTest, AnotherLedgerOnTheSameTopicWasCreatedAnew) {
  log.zeros[kP0].opened.ledger_id = Uuid{9};
  const Error error = error_of([&] { guards.identify(identity()); });
  EXPECT_EQ(error.fault(), Fault::kIntegrity);
  EXPECT_THAT(error.what(), HasSubstr("created anew"));
  EXPECT_THAT(error.what(), HasSubstr("ledger-projector run --views NEW_DIR"));
  EXPECT_THAT(error.what(), HasSubstr("/views stay readable"));
}

TEST_F(GuardsTest, EmptiedTopicUnderViewsIsIntegrity) {
  log.zeros[kP0] = {};
  EXPECT_EQ(error_of([&] { guards.identify(identity()); }).fault(), Fault::kIntegrity);
}

TEST_F(GuardsTest, SameLogPasses) {
  log.fill(10);
  const log::Watermarks extent = guards.check(held_of(log, 7));
  EXPECT_EQ(extent.high, Offset{10});
}

TEST_F(GuardsTest, PositionAtTheEndPasses) {
  log.fill(10);
  EXPECT_NO_THROW(guards.check(held_of(log, 10)));
}

TEST_F(GuardsTest, TruncationIsIntegrity) {
  log.fill(10);
  const Held held = held_of(log, 10);
  log.partitions[kP0].events.resize(8);
  const Error error = error_of([&] { guards.check(held); });
  EXPECT_EQ(error.fault(), Fault::kIntegrity);
  EXPECT_THAT(error.what(), HasSubstr("ends at 8, expected at least 10"));
}

TEST_F(GuardsTest, StartAtThePositionIsNoGap) {
  log.fill(10);
  log.partitions[kP0].low = Offset{5};
  EXPECT_NO_THROW(guards.check(held_of(log, 5)));
}

TEST_F(GuardsTest, StartAboveThePositionIsAGapWithItsRemedy) {
  log.fill(10);
  log.partitions[kP0].low = Offset{6};
  const Error error = error_of([&] { guards.check(held_of(log, 5)); });
  EXPECT_EQ(error.fault(), Fault::kIntegrity);
  EXPECT_THAT(error.what(), HasSubstr("--accept-gap 0:5-6"));
}

TEST_F(GuardsTest, OtherRecordZeroIsIntegrity) {
  log.fill(10);
  const Held held = held_of(log, 5);
  log.partitions[kP0].events[0].timestamp_ms += 1;
  const Error error = error_of([&] { guards.check(held); });
  EXPECT_EQ(error.fault(), Fault::kIntegrity);
  EXPECT_THAT(error.what(), HasSubstr("record 0 of partition 0"));
  EXPECT_THAT(error.what(), HasSubstr("expected timestamp 1000"));
  EXPECT_THAT(error.what(), HasSubstr("found timestamp 1001"));
}

TEST_F(GuardsTest, OtherLastRecordIsIntegrityInEachOfItsParts) {
  log.fill(10);
  const Held held = held_of(log, 5);
  log::Record& last = log.partitions[kP0].events[4];
  const log::Record original = last;
  last.key = "other";
  EXPECT_EQ(error_of([&] { guards.check(held); }).fault(), Fault::kIntegrity);
  last = original;
  last.key.reset();
  EXPECT_EQ(error_of([&] { guards.check(held); }).fault(), Fault::kIntegrity);
  last = original;
  last.value = "other";
  EXPECT_EQ(error_of([&] { guards.check(held); }).fault(), Fault::kIntegrity);
  last = original;
  last.timestamp_ms = 1;
  EXPECT_EQ(error_of([&] { guards.check(held); }).fault(), Fault::kIntegrity);
  last = original;
  EXPECT_NO_THROW(guards.check(held));
}

TEST_F(GuardsTest, ThoseThatDifferAreNamedOfSeveralAtOnce) {
  FakeLog several(5);
  several.fill(10);
  Guards of_several(several, "topic", "/views");
  std::vector<Held> held;
  for (int32_t p = 0; p < 5; ++p) {
    const auto& events = several.partitions[Partition{p}].events;
    held.push_back({Partition{p}, Offset{8}, events[0], events[7]});
  }
  EXPECT_TRUE(of_several.differing(held).empty());
  several.partitions[Partition{0}].low = Offset{8};  // nothing is left to compare, and no gap
  several.partitions[Partition{1}].low = Offset{9};
  several.partitions[Partition{2}].events.resize(7);
  several.partitions[Partition{3}].events[0].timestamp_ms += 1;
  several.partitions[Partition{4}].events[7].value = "other";
  EXPECT_EQ(of_several.differing(held),
            (std::set{Partition{1}, Partition{2}, Partition{3}, Partition{4}}));
  several.away = true;
  EXPECT_THROW(of_several.differing(held), NotReachable);
}

TEST_F(GuardsTest, BrokersThatAreAwayAreNoError) {
  log.away = true;
  EXPECT_THROW(guards.check(held_of(log, 1)), NotReachable);
  EXPECT_THROW(guards.identify(std::nullopt), NotReachable);
}

TEST_F(GuardsTest, GapMayBeAcceptedOnlyWhereEventsAreGone) {
  log.fill(10);
  log.partitions[kP0].low = Offset{6};
  EXPECT_NO_THROW(guards.check_gap({kP0, Offset{2}, Offset{6}}));
  EXPECT_EQ(error_of([&] {
              guards.check_gap({kP0, Offset{2}, Offset{7}});
            }).fault(),
            Fault::kUsage);
  EXPECT_EQ(error_of([&] {
              guards.check_gap({kP0, Offset{6}, Offset{7}});
            }).fault(),
            Fault::kUsage);
  EXPECT_EQ(error_of([&] {
              guards.check_gap({kP0, Offset{2}, Offset{11}});
            }).fault(),
            Fault::kUsage);
}

TEST_F(GuardsTest, GapThatSpansEventsBetweenTwoHolesIsRefused) {
  log.fill(40);
  log.partitions[kP0].holes = {{10, 15}, {25, 30}};
  const Error error = error_of([&] { guards.check_gap({kP0, Offset{10}, Offset{30}}); });
  EXPECT_EQ(error.fault(), Fault::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("event 15 is still in the log"));
  EXPECT_NO_THROW(guards.check_gap({kP0, Offset{10}, Offset{15}}));
}

// Runs refuse_damage at `at`; returns the value of the --accept-gap that it names.
std::string remedy_at(Guards& guards, int64_t at) {
  const Error error = error_of([&] { guards.refuse_damage(kP0, Offset{at}, "checksum"); });
  EXPECT_EQ(error.fault(), Fault::kIntegrity);
  const std::string text = error.what();
  EXPECT_THAT(text, AllOf(HasSubstr("partition 0 of topic-1 at offset " + std::to_string(at)),
                          HasSubstr("checksum"), HasSubstr("--accept-gap ")));
  const size_t value = text.find("--accept-gap ") + std::string("--accept-gap ").size();
  return text.substr(value, text.find(';', value) - value);
}

TEST_F(GuardsTest, DamagedBatchIsIntegrityWithTheGapThatGoesOnBehindIt) {
  log.fill(5000);
  for (const FakeLog::Range& batch :
       {FakeLog::Range{7, 8}, {7, 9}, {7, 200}, {7, 4097}, {0, 12}, {7, 5000}}) {
    log.partitions[kP0].damaged = {batch};
    log.looks = 0;
    const std::string remedy = remedy_at(guards, 7);
    EXPECT_EQ(remedy, "0:7-" + std::to_string(batch.limit));
    EXPECT_LE(log.looks, 30) << "a search by halves";
    EXPECT_NO_THROW(guards.check_gap(parse_accepted_gap(remedy)));
  }
}

TEST_F(GuardsTest, DamagedBatchesInARowAreOneGapUpToTheNextRecord) {
  log.fill(100);
  log.partitions[kP0].damaged = {{10, 20}, {20, 21}, {23, 40}, {41, 50}};
  log.partitions[kP0].holes = {{21, 23}};
  EXPECT_EQ(remedy_at(guards, 10), "0:10-40");
  const Error error = error_of([&] { guards.check_gap({kP0, Offset{10}, Offset{50}}); });
  EXPECT_EQ(error.fault(), Fault::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("event 40 is still in the log"));
}

// As a broker after its start. Nobody is told to give up what is there.
TEST_F(GuardsTest, EventsThatAreNotShownYetAreWaitedFor) {
  log.fill(100);
  log.partitions[kP0].damaged = {{10, 20}};
  for (const int64_t readable : {15, 19, 20}) {
    log.partitions[kP0].readable = readable;
    EXPECT_THROW(guards.refuse_damage(kP0, Offset{10}, "checksum"), NotReachable) << readable;
    EXPECT_THROW(guards.check_gap({kP0, Offset{10}, Offset{100}}), NotReachable) << readable;
  }
  log.partitions[kP0].readable = 21;
  EXPECT_EQ(remedy_at(guards, 10), "0:10-20");
}

TEST_F(GuardsTest, DamagedRecordAtAComparisonIsIntegrity) {
  log.fill(10);
  const Held held = held_of(log, 8);
  log.partitions[kP0].damaged = {{0, 1}};
  EXPECT_EQ(error_of([&] { guards.check(held); }).fault(), Fault::kIntegrity);
  log.partitions[kP0].damaged = {{5, 9}};
  EXPECT_EQ(error_of([&] { guards.check(held); }).fault(), Fault::kIntegrity);
  log.partitions[kP0].damaged = {{8, 10}};
  EXPECT_NO_THROW(guards.check(held));
}

TEST(AcceptedGaps, ParseHalfOpenRanges) {
  EXPECT_EQ(parse_accepted_gap("3:120-150"), (AcceptedGap{Partition{3}, Offset{120}, Offset{150}}));
  for (const char* bad : {"", "3", "3:120", "3:120-", "3:150-120", "3:5-5", "x:1-2", "3:-1-2",
                          "3:1-2x", "1-2:3", "99999999999:1-2"}) {
    EXPECT_EQ(error_of([&] { parse_accepted_gap(bad); }).fault(), Fault::kUsage) << bad;
  }
}

}  // namespace
}  // namespace ledger::consumer
