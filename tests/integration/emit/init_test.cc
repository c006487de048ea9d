// `ledger-emit init`: new, adopted, half-done, complete and wrong topics.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/log/genesis.h"
#include "events/log/topic_settings.h"
#include "events/producer.h"
#include "tests/support/ledger.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;

// A topic on real Kafka that init has not seen.
class Init : public testing::Test {
 protected:
  const std::string address_ = RealKafka::shared().address();
  const std::string topic_ = fresh_topic();

  Finished emit(const std::string& verb, std::vector<std::string> more = {},
                std::string_view input = "") const {
    std::vector<std::string> argv = {
        program("ledger-emit"), verb, "--brokers", address_, "--topic", topic_};
    argv.insert(argv.end(), more.begin(), more.end());
    return run(argv, input);
  }
  void create(int partitions) const {
    log::Client client(connection_to(address_, topic_), bounded_retry());
    ASSERT_TRUE(log::create_topic(client, {partitions, 1, 1}));
  }
  void write(int partition, std::optional<std::string> key, const std::string& value) const {
    events::Producer producer(connection_to(address_, topic_));
    producer.send(Partition{partition}, key, value);
    const log::Retry retry = bounded_retry();
    while (!producer.take()) {
      producer.poll();
      retry("not acknowledged");
    }
  }
  std::string genesis(int partition, int count) const {
    event::LedgerOpened opened;
    opened.ledger_id.fill(7);
    opened.partition = static_cast<uint32_t>(partition);
    opened.partition_count = static_cast<uint32_t>(count);
    return log::encode_genesis(opened, "test");
  }
};

TEST_F(Init, MakesALedgerOnceAndChangesNothingAfter) {
  const Finished first = emit("init", {"--partitions", "4"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(member(first.out, "opened"), "4");
  EXPECT_EQ(member(first.out, "partitions"), "4");
  const Finished again = emit("init");
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(member(again.out, "opened"), "0");
  EXPECT_EQ(member(again.out, "ledgerId"), member(first.out, "ledgerId"));
  log::Client client(connection_to(address_, topic_), bounded_retry());
  const log::SettingsReport report = log::check_settings(client);
  EXPECT_EQ(report.unreadable, "");
  EXPECT_TRUE(report.contradicting.empty());
  for (int p = 0; p < 4; ++p) EXPECT_EQ(raw(client.watermarks(Partition{p}).high), 1);
}

TEST(InitOptions, MoreInsyncCopiesThanThereAreAreRefusedBeforeAnythingIsMade) {
  const std::vector<std::string> init = {program("ledger-emit"), "init", "--brokers",
                                         "127.0.0.1:1"};
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--min-insync", "2"},
                                               {"--min-insync", "3", "--replication", "2"}}) {
    std::vector<std::string> argv = init;
    argv.insert(argv.end(), more.begin(), more.end());
    const Finished refused = run(argv);
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--min-insync " + more[1] + ": "));
  }
}

TEST_F(Init, AnotherPartitionCountIsRefused) {
  ASSERT_EQ(emit("init", {"--partitions", "2"}).code, 0);
  const Finished other = emit("init", {"--partitions", "3"});
  EXPECT_EQ(other.code, 6);
  EXPECT_THAT(other.err, HasSubstr("has 2 partitions, not 3"));
}

TEST_F(Init, FinishesAnInitThatDiedHalfWay) {
  create(3);
  write(0, std::nullopt, genesis(0, 3));
  EXPECT_EQ(emit("send", {}, play_lines(1)).code, 6);
  const Finished init = emit("init");
  EXPECT_EQ(init.code, 0) << init.err;
  EXPECT_EQ(member(init.out, "opened"), "2");
  EXPECT_EQ(member(init.out, "ledgerId"), "07070707-0707-0707-0707-070707070707");
  EXPECT_EQ(emit("send", {}, play_lines(10)).code, 0);
}

TEST_F(Init, TwoAtOnceMakeOneLedger) {
  create(2);
  std::vector<std::string> argv = {
      program("ledger-emit"), "init", "--brokers", address_, "--topic", topic_};
  Process one(argv);
  Process two(argv);
  EXPECT_EQ(one.wait(), 0) << one.rest_of_stderr();
  EXPECT_EQ(two.wait(), 0) << two.rest_of_stderr();
  EXPECT_EQ(member(one.rest_of_stdout(), "ledgerId"), member(two.rest_of_stdout(), "ledgerId"));
  EXPECT_EQ(emit("send", {}, play_lines(5)).code, 0);
}

TEST_F(Init, AdoptsAnEmptyTopicAndRefusesOneWithRecords) {
  create(2);
  write(1, "key", "something else");
  const Finished used = emit("init");
  EXPECT_EQ(used.code, 6);
  EXPECT_THAT(used.err, HasSubstr("partition 1 holds records"));
  write(0, "key", "something else");
  const Finished other = emit("init");
  EXPECT_EQ(other.code, 6);
  EXPECT_THAT(other.err, HasSubstr("is not the genesis of a ledger"));
  EXPECT_EQ(emit("send", {}, play_lines(1)).code, 6);
}

TEST_F(Init, ForeignGenesisAndAnotherCountAreRefused) {
  create(2);
  write(0, std::nullopt, genesis(0, 2));
  event::LedgerOpened other;
  other.ledger_id.fill(9);
  other.partition = 1;
  other.partition_count = 2;
  write(1, std::nullopt, log::encode_genesis(other, "test"));
  const Finished foreign = emit("send", {}, play_lines(1));
  EXPECT_EQ(foreign.code, 6);
  EXPECT_THAT(foreign.err, HasSubstr("belongs to ledger 09090909"));
}

TEST_F(Init, ALedgerWhoseTopicHasAnotherCountIsRefused) {
  create(2);
  write(0, std::nullopt, genesis(0, 5));
  EXPECT_EQ(emit("init").code, 6);
  const Finished send = emit("send", {}, play_lines(1));
  EXPECT_EQ(send.code, 6);
  EXPECT_THAT(send.err, HasSubstr("partition 0 of 5, the topic has 2"));
}

TEST_F(Init, TheEmbeddedBrokersLedgerIsCompleteAndGetsNoAdminCall) {
  EmbeddedBroker broker(2);
  const std::vector<std::string> init = {program("ledger-emit"), "init", "--brokers",
                                         broker.address()};
  const Finished complete = run(init);
  EXPECT_EQ(complete.code, 0) << complete.err;
  EXPECT_EQ(member(complete.out, "ephemeral"), "true");
  EXPECT_EQ(member(complete.out, "opened"), "0");
  std::vector<std::string> other = init;
  other.insert(other.end(), {"--partitions", "7"});
  EXPECT_EQ(run(other).code, 6);
  std::vector<std::string> absent = init;
  absent.insert(absent.end(), {"--topic", "absent"});
  const Finished refused = run(absent);
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.err, HasSubstr("ledger-broker --topic absent"));
}

}  // namespace
}  // namespace ledger::test
