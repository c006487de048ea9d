// Logs and directories that do not belong together: each refusal has its code, what was expected
// and found, and the command that resolves it; the last good views stay readable.
#include <csignal>

#include <gmock/gmock.h>

#include "events/log/genesis.h"
#include "projector/fold/fold.h"
#include "schemas/store/directory.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"
#include "schemas/store/writer.h"
#include "tests/integration/projector/raw_topic.h"
#include "tests/integration/projector/scenario.h"

namespace ledger::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

void expect_refused(const Finished& finished, int code,
                    const testing::Matcher<const std::string&>& says) {
  EXPECT_EQ(finished.code, code);
  EXPECT_THAT(finished.err, says);
}

class Refusals : public testing::TestWithParam<BrokerKind> {};

INSTANTIATE_TEST_SUITE_P(Brokers, Refusals, kBothBrokers, broker_name);

TEST_P(Refusals, ASecondProjectorIsToldWhoHoldsTheDirectory) {
  const Scenario scenario(GetParam());
  Process first(scenario.run_command());
  ASSERT_TRUE(first.wait_for_error("views"));
  expect_refused(scenario.catch_up(), 5,
                 AllOf(HasSubstr("another projector is at work"),
                       HasSubstr("held by process " + std::to_string(first.pid()))));
  first.signal(SIGKILL);
  first.wait();
  const Finished next = scenario.catch_up();
  EXPECT_EQ(next.code, 0) << next.err;
}

TEST_P(Refusals, ATopicThatIsAbsentIsSix) {
  const Scenario scenario(GetParam());
  expect_refused(run(run_command_on(scenario.ledger().address(), "nowhere", scenario.path())), 6,
                 HasSubstr("ledger-emit init --topic nowhere"));
  EXPECT_EQ(scenario.query({"find", "contentAudios"}).code, 5);
}

TEST_P(Refusals, AnotherLedgersViewsAreSix) {
  const Scenario mine(GetParam());
  const Scenario other(GetParam());
  mine.send(generated(100));
  ASSERT_EQ(mine.catch_up().code, 0);
  const std::string digests = mine.digests();
  expect_refused(run(run_command_on(other.ledger().address(), other.ledger().topic(), mine.path())),
                 6, AllOf(HasSubstr("stored"), HasSubstr("expected"), HasSubstr("--views")));
  EXPECT_EQ(mine.digests(), digests);
  ASSERT_TRUE(mine.run_state().refusal);
  EXPECT_EQ(mine.run_state().refusal->fault, Fault::kIncompatible);
  EXPECT_EQ(mine.catch_up().code, 0);
}

// Makes the live shard of partition 0 anew as another release would have left it.
void replace_shard(const Scenario& scenario, uint32_t fold_version, bool fewer_indexes) {
  const store::ViewDirectory directory(scenario.path());
  const auto path = directory.shard(*directory.current(), Partition{0});
  store::ShardIdentity identity = store::ShardReader(path).identity();
  identity.fold_version = fold_version;
  if (fewer_indexes) identity.declarations.indexes.pop_back();
  std::filesystem::remove_all(path);
  const store::ShardWriter shard(path, identity);
}

TEST(Releases, ViewsOfAnotherFoldVersionAreSixUntilTheyAreRebuilt) {
  const Scenario scenario(BrokerKind::kEmbedded);
  scenario.send(generated(200));
  ASSERT_EQ(scenario.catch_up().code, 0);
  const std::string digests = scenario.digests();
  replace_shard(scenario, fold::kFoldVersion + 1, false);
  expect_refused(scenario.catch_up(), 6,
                 AllOf(HasSubstr("fold version is stored"), HasSubstr("ledger-projector rebuild")));
  const Finished rebuild = scenario.rebuild();
  ASSERT_EQ(rebuild.code, 0) << rebuild.err;
  EXPECT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.digests(), digests);
}

TEST(Releases, ViewsOfOtherIndexesAreSixUntilTheyAreRebuilt) {
  const Scenario scenario(BrokerKind::kEmbedded);
  scenario.send(generated(200));
  ASSERT_EQ(scenario.catch_up().code, 0);
  const std::string digests = scenario.digests();
  replace_shard(scenario, fold::kFoldVersion, true);
  expect_refused(scenario.catch_up(), 6,
                 AllOf(HasSubstr("declarations"), HasSubstr("ledger-projector rebuild")));
  ASSERT_EQ(scenario.rebuild().code, 0);
  EXPECT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.digests(), digests);
}

// Topics that only real Kafka can have.
class Topics : public testing::Test {
 protected:
  const Scenario scenario_{BrokerKind::kRealKafka};
  const RawTopic topic_{scenario_.ledger().address(), scenario_.ledger().topic()};

  // Deletes the topic and makes it anew with `ledger_id` in its geneses.
  void make_anew(const Uuid& ledger_id) const {
    topic_.remove();
    topic_.create(2);
    event::LedgerOpened opened;
    opened.ledger_id = ledger_id;
    opened.partition_count = 2;
    for (int p = 0; p < 2; ++p) {
      opened.partition = static_cast<uint32_t>(p);
      topic_.write(p, std::nullopt, log::encode_genesis(opened, "test"));
    }
  }
  Uuid ledger_id() const {
    const store::ViewDirectory directory(scenario_.path());
    return store::ShardReader(directory.shard(*directory.current(), Partition{0}))
        .identity()
        .log.ledger_id;
  }
  // Events in the views; `digests_` is what must stay.
  void fold_some() {
    scenario_.send(generated(300));
    ASSERT_EQ(scenario_.catch_up().code, 0);
    digests_ = scenario_.digests();
  }

  std::string digests_;
};

TEST_F(Topics, ThatAreNoLedgerAreSix) {
  const std::string name = fresh_topic();
  const RawTopic plain(scenario_.ledger().address(), name);
  plain.create(1);
  const auto argv = run_command_on(scenario_.ledger().address(), name, scenario_.path());
  expect_refused(run(argv), 6, HasSubstr("ledger-emit init --topic " + name));
  plain.write(0, "key", "something else");
  expect_refused(run(argv), 6, HasSubstr("topic " + name + " is not a ledger"));
}

TEST_F(Topics, OfAnotherPartitionCountAreSix) {
  fold_some();
  topic_.grow(3);
  expect_refused(scenario_.catch_up(), 6, HasSubstr("partition count is stored '2', expected '3'"));
  EXPECT_EQ(scenario_.digests(), digests_);
}

TEST_F(Topics, ThatAreGoneAreSix) {
  fold_some();
  topic_.remove();
  expect_refused(scenario_.catch_up(), 6, HasSubstr("the brokers know no topic"));
  EXPECT_EQ(scenario_.digests(), digests_);
}

TEST_F(Topics, CreatedAnewAsAnotherLedgerAreSeven) {
  fold_some();
  make_anew(make_uuid_v7(1));
  expect_refused(scenario_.catch_up(), 7,
                 AllOf(HasSubstr("created anew"), HasSubstr("run --views NEW_DIR")));
  EXPECT_EQ(scenario_.digests(), digests_);
}

TEST_F(Topics, ThatEndBeforeThePositionAreSeven) {
  fold_some();
  make_anew(ledger_id());
  expect_refused(scenario_.catch_up(), 7,
                 AllOf(HasSubstr("log truncated"), HasSubstr("ends at 1, expected at least")));
  EXPECT_EQ(scenario_.digests(), digests_);
}

TEST_F(Topics, ThatHoldOtherRecordsAreSeven) {
  fold_some();
  make_anew(ledger_id());
  scenario_.send(generated(400));
  expect_refused(scenario_.catch_up(), 7,
                 AllOf(HasSubstr("differs: expected timestamp"), HasSubstr("run --views NEW_DIR")));
  EXPECT_EQ(scenario_.digests(), digests_);
  EXPECT_EQ(scenario_.run_state().phase, store::RunPhase::kRefused);
}

TEST_F(Topics, CreatedAnewWhileARunFollowsStopItWithSeven) {
  fold_some();
  Process run(scenario_.run_command());
  ASSERT_TRUE(run.wait_for_error("views"));
  scenario_.wait_until_following();  // a comparison at the start would see some of both topics
  make_anew(ledger_id());
  EXPECT_EQ(run.wait(), 7);
  // The second when a comparison for another reason was under way.
  EXPECT_THAT(run.rest_of_stderr(), AnyOf(HasSubstr("log truncated"), HasSubstr("created anew")));
  EXPECT_EQ(scenario_.digests(), digests_);
}

// Nothing of either topic is published: what was kept before the comparison is of both.
TEST_F(Topics, CreatedAnewInTheMiddleOfAFillEndItWithSeven) {
  constexpr int kEvents = 8000;
  scenario_.send(filled(play_lines(kEvents)));
  Process run(scenario_.run_command({"--bulk-from", "1000", "--batch-events", "1"}));
  const store::ViewDirectory directory(scenario_.path());
  const log::Retry retry = bounded_retry();
  while (!directory.current()) retry("no shard is open");
  const auto kept = [&] { return raw(store::KeptLogReader(directory.log(Partition{0})).end()); };
  while (kept() < 100) retry("nothing is kept");
  make_anew(make_uuid_v7(1));
  EXPECT_EQ(run.wait(), 7);
  EXPECT_LT(kept(), kEvents / 2) << "it was too fast to be met in the middle";
  EXPECT_THAT(run.rest_of_stderr(), AnyOf(HasSubstr("log truncated"), HasSubstr("created anew")));
  EXPECT_EQ(directory.current(), store::Generation{1});
  EXPECT_EQ(scenario_.position(), "0:0,1:0");
}

// Events that retention took before they were folded.
class Gaps : public testing::TestWithParam<BrokerKind> {
 protected:
  const Scenario scenario_{GetParam(), 1};
  const RawTopic topic_{scenario_.ledger().address(), scenario_.ledger().topic()};

  void lose_events() const {
    constexpr size_t kLargeBytes = 500'000;  // the embedded broker keeps 5 MiB of a partition
    for (int i = 0; i < 12; ++i) topic_.write(0, "c1", std::string(kLargeBytes, 'x'));
    if (GetParam() == BrokerKind::kRealKafka) topic_.delete_before(Partition{0}, Offset{105});
  }
  // The text of `refusal` from "--accept-gap" to the end of its value.
  static std::vector<std::string> remedy(const std::string& refusal) {
    const size_t at = refusal.find("--accept-gap 0:");
    EXPECT_NE(at, std::string::npos) << refusal;
    const size_t value = at + std::string("--accept-gap ").size();
    return {"--accept-gap", refusal.substr(value, refusal.find(';', value) - value)};
  }
};

INSTANTIATE_TEST_SUITE_P(Brokers, Gaps, kBothBrokers, broker_name);

TEST_P(Gaps, StopTheRunUntilTheyAreAcceptedAndAreShownForEver) {
  scenario_.send(filled(play_lines(100)));
  ASSERT_EQ(scenario_.catch_up().code, 0);
  const std::string digests = scenario_.digests();
  lose_events();
  const Finished refused = scenario_.catch_up();
  expect_refused(refused, 7,
                 AllOf(HasSubstr("gap in the log"), HasSubstr("expected at most 101"),
                       HasSubstr("stay readable")));
  EXPECT_EQ(scenario_.digests(), digests);

  const std::vector<std::string> accept = remedy(refused.err);
  const Finished accepted = scenario_.catch_up(accept);
  ASSERT_EQ(accepted.code, 0) << accepted.err;
  EXPECT_EQ(scenario_.position(), "0:113");
  const auto events = scenario_.answer({"events"});
  EXPECT_EQ(count_with(events, "\"gap\""), 1U);
  const Finished again = scenario_.catch_up(accept);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("accepted earlier"));
  ASSERT_EQ(scenario_.rebuild().code, 0);
  EXPECT_EQ(scenario_.answer({"events"}), events);
}

TEST_P(Gaps, AreAcceptedOnlyWhereEventsAreGone) {
  scenario_.send(filled(play_lines(100)));
  ASSERT_EQ(scenario_.catch_up().code, 0);
  scenario_.send(filled(play_lines(10)));
  expect_refused(scenario_.catch_up({"--accept-gap", "0:101-105"}), 2,
                 HasSubstr("event 101 is still in the log"));
  expect_refused(scenario_.catch_up({"--accept-gap", "0:50-60"}), 2,
                 HasSubstr("the views stand at 101"));
  EXPECT_EQ(scenario_.run_state().phase, store::RunPhase::kStopped);
  EXPECT_EQ(scenario_.run_state().refusal, std::nullopt);
  expect_refused(scenario_.catch_up({"--accept-gap", "7:1-2"}), 2,
                 HasSubstr("the ledger has 1 partitions"));
  expect_refused(scenario_.catch_up({"--accept-gap", "0:9-1"}), 2, HasSubstr("FROM < TO"));
  const Finished run = scenario_.catch_up();
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(scenario_.position(), "0:111");
}

}  // namespace
}  // namespace ledger::test
