// Brokers that go away, restart or fill up, in the middle of a send.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/ledger.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;

TEST(Faults, AKilledBrokerLosesAndReordersNothing) {
  RealKafka& kafka = RealKafka::shared();
  const std::string topic = fresh_topic();
  const std::vector<std::string> where = {"--brokers", kafka.address(), "--topic", topic};
  std::vector<std::string> init = {program("ledger-emit"), "init", "--partitions", "3"};
  init.insert(init.end(), where.begin(), where.end());
  ASSERT_EQ(run(init).code, 0);
  std::vector<std::string> argv = {program("ledger-emit"), "send"};
  argv.insert(argv.end(), where.begin(), where.end());

  const std::string lines = filled(play_lines(20000));
  const size_t half = lines.find('\n', lines.size() / 2) + 1;
  Process send(argv);
  send.write(lines.substr(0, half));
  ASSERT_TRUE(send.read_line());
  kafka.kill();
  send.write(lines.substr(half));
  send.close_stdin();
  EXPECT_TRUE(send.wait_for_error("waiting for brokers"));
  kafka.start();
  ASSERT_EQ(send.wait(), 0) << send.rest_of_stderr();
  EXPECT_EQ(lines_of(send.rest_of_stdout()).size(), 19999U);
  EXPECT_EQ(read_log(kafka.address(), topic), expected_log(lines, 3));
}

TEST(Faults, BrokersThatAreAwayAtTheStartAreWaitedFor) {
  const std::string topic = fresh_topic();
  RealKafka& kafka = RealKafka::shared();
  ASSERT_EQ(run({program("ledger-emit"), "init", "--partitions", "1", "--brokers", kafka.address(),
                 "--topic", topic})
                .code,
            0);
  kafka.stop();
  Process send({program("ledger-emit"), "send", "--brokers", kafka.address(), "--topic", topic});
  send.write(play_lines(2));
  send.close_stdin();
  EXPECT_TRUE(send.wait_for_error("waiting for brokers"));
  kafka.start();
  EXPECT_EQ(send.wait(), 0) << send.rest_of_stderr();
  EXPECT_EQ(lines_of(send.rest_of_stdout()).size(), 2U);
}

TEST(Faults, GivesUpWithFiveAndSaysWhatIsUnacknowledged) {
  EmbeddedBroker broker(2);
  Process send(
      {program("ledger-emit"), "send", "--brokers", broker.address(), "--give-up-after", "500ms"});
  send.write(play_lines(1));
  ASSERT_TRUE(send.read_line());
  broker.process().signal(SIGKILL);
  broker.process().wait();
  send.write(play_lines(3));
  for (int line = 2; line <= 4; ++line) {
    const auto result = send.read_line();
    ASSERT_TRUE(result);
    EXPECT_EQ(member(*result, "line"), std::to_string(line));
    EXPECT_EQ(member(*result, "error"), "unacknowledged");
    EXPECT_EQ(member(*result, "eventId").size(), 36U);
  }
  EXPECT_EQ(send.wait(), 5);
  EXPECT_THAT(send.rest_of_stderr(), HasSubstr("--give-up-after"));
}

TEST(Faults, ASignalEndsASenderThatWaitsForBrokers) {
  EmbeddedBroker broker(1);
  Process send({program("ledger-emit"), "send", "--brokers", broker.address()});
  send.write(play_lines(1));
  ASSERT_TRUE(send.read_line());
  broker.process().signal(SIGKILL);
  broker.process().wait();
  send.write(play_lines(2));
  ASSERT_TRUE(send.wait_for_error("waiting for brokers"));
  send.signal(SIGINT);
  EXPECT_EQ(send.wait(), 130);
  EXPECT_EQ(lines_of(send.rest_of_stdout()).size(), 2U);

  Process starting({program("ledger-emit"), "send", "--brokers", broker.address()});
  ASSERT_TRUE(starting.wait_for_error("waiting for brokers"));
  starting.signal(SIGTERM);
  EXPECT_EQ(starting.wait(), 143);
}

TEST(Faults, AnEphemeralLedgerIsNeverFilledUpToEviction) {
  EmbeddedBroker broker(1);
  const std::vector<std::string> argv = {program("ledger-emit"), "send", "--brokers",
                                         broker.address()};
  const std::string half = play_lines(6000);
  ASSERT_EQ(run(argv, half).code, 0);
  const Finished full = run(argv, half);  // counts what the first one sent
  EXPECT_EQ(full.code, 8);
  EXPECT_THAT(full.err, HasSubstr("partition 0 is full"));
  const auto results = lines_of(full.out);
  EXPECT_EQ(member(results.back(), "error"), "unacknowledged");
  EXPECT_EQ(results.size(), static_cast<size_t>(std::stoi(member(results.back(), "line"))));
  for (size_t i = 0; i + 1 < results.size(); ++i) EXPECT_NE(member(results[i], "position"), "");
  log::Client client(connection_to(broker.address(), "content-audio-events"), bounded_retry());
  const log::Watermarks marks = client.watermarks(Partition{0});
  EXPECT_EQ(raw(marks.low), 0);
  EXPECT_EQ(raw(marks.high), 6000 + static_cast<int64_t>(results.size()));
}

}  // namespace
}  // namespace ledger::test
