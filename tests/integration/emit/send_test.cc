// The scenarios of `ledger-emit send`, the same on the embedded broker and on real Kafka.
#include <csignal>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include "schemas/event/partition.h"
#include "tests/support/ledger.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;

class Send : public testing::TestWithParam<BrokerKind> {};

INSTANTIATE_TEST_SUITE_P(Brokers, Send,
                         testing::Values(BrokerKind::kEmbedded, BrokerKind::kRealKafka),
                         [](const auto& of) { return to_text(of.param); });

constexpr const char* kInvalid = R"({"actor":{"kind":"robot","id":"x"}})";

TEST_P(Send, EveryLineIsAcknowledgedInOrderAndIsInTheLogExactlyAsSent) {
  const TestLedger ledger(GetParam());
  const std::string lines = filled(play_lines(3000));
  const Finished send = run(ledger.send_command(), lines);
  ASSERT_EQ(send.code, 0) << send.err;

  const auto results = lines_of(send.out);
  const auto sent = lines_of(lines);
  ASSERT_EQ(results.size(), sent.size());
  PositionVector positions;
  for (size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(member(results[i], "line"), std::to_string(i + 1));
    EXPECT_EQ(member(results[i], "eventId"), member(sent[i], "eventId"));
    Partition partition{};
    Offset offset{};
    ASSERT_TRUE(parse_event_address(member(results[i], "offset"), partition, offset));
    Offset& expected = positions.try_emplace(partition, Offset{1}).first->second;
    EXPECT_EQ(offset, expected);
    expected = next(offset);
    EXPECT_EQ(member(results[i], "position"), to_text(PositionVector{{partition, expected}}));
  }
  EXPECT_EQ(lines_of(send.err).back(), to_text(positions));
  EXPECT_EQ(read_log(ledger.address(), ledger.topic()), expected_log(lines, ledger.partitions()));
}

TEST_P(Send, StopsAtTheFirstInvalidLineAfterAllBeforeItAreAcknowledged) {
  const TestLedger ledger(GetParam());
  const Finished send = run(ledger.send_command(), play_lines(2) + kInvalid + "\n" + play_lines(2));
  EXPECT_EQ(send.code, 3);
  const auto results = lines_of(send.out);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_THAT(results[1], HasSubstr("\"position\""));
  EXPECT_EQ(member(results[2], "line"), "3");
  EXPECT_EQ(member(results[2], "error"), "invalid");
  EXPECT_EQ(member(results[2], "field"), "actor.kind");
  EXPECT_THAT(send.err, HasSubstr("line 3"));
}

TEST_P(Send, SkipInvalidGoesOnAndEndsWithThree) {
  const TestLedger ledger(GetParam());
  const Finished send = run(ledger.send_command({"--skip-invalid"}),
                            play_lines(1) + "\n" + kInvalid + "\n" + play_lines(1));
  EXPECT_EQ(send.code, 3);
  const auto results = lines_of(send.out);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(member(results[1], "error"), "invalid");  // a blank line
  EXPECT_EQ(member(results[2], "error"), "invalid");
  EXPECT_THAT(results[3], HasSubstr("\"position\""));
}

TEST_P(Send, AFileAndALastLineWithoutItsEndAreRead) {
  const TestLedger ledger(GetParam());
  const TempDir folder;
  std::string lines = play_lines(3);
  lines.pop_back();
  std::ofstream(folder.path() / "events.ndjson") << lines;
  const Finished send = run(ledger.send_command({(folder.path() / "events.ndjson").string()}));
  EXPECT_EQ(send.code, 0) << send.err;
  EXPECT_EQ(lines_of(send.out).size(), 3U);
}

TEST_P(Send, ALineIsAnsweredWhileTheInputStaysOpen) {
  const TestLedger ledger(GetParam());
  Process send(ledger.send_command());
  for (int i = 1; i <= 20; ++i) {
    send.write(play_lines(1));
    const auto result = send.read_line();
    ASSERT_TRUE(result) << send.rest_of_stderr();
    EXPECT_EQ(member(*result, "line"), std::to_string(i));
    EXPECT_NE(member(*result, "position"), "");
  }
  send.close_stdin();
  EXPECT_EQ(send.wait(), 0);
}

TEST_P(Send, SignalsEndAnIdleSenderWithTheirCodes) {
  const TestLedger ledger(GetParam());
  for (const int number : {SIGINT, SIGTERM}) {
    Process send(ledger.send_command());
    send.write(play_lines(1));
    ASSERT_TRUE(send.read_line());
    send.signal(number);
    EXPECT_EQ(send.wait(), 128 + number);
    EXPECT_THAT(send.rest_of_stderr(), HasSubstr("interrupted"));
  }
}

TEST_P(Send, ASmallQueueOnlySlowsDown) {
  const TestLedger ledger(GetParam());
  const std::string lines = filled(play_lines(500));
  const Finished send = run(ledger.send_command({"--queue", "2KiB"}), lines);
  EXPECT_EQ(send.code, 0) << send.err;
  EXPECT_EQ(read_log(ledger.address(), ledger.topic()), expected_log(lines, ledger.partitions()));
}

TEST_P(Send, AQueueOfNothingIsRefused) {
  const TestLedger ledger(GetParam());
  const Finished send = run(ledger.send_command({"--queue", "0"}), play_lines(1));
  EXPECT_EQ(send.code, 2);
  EXPECT_THAT(send.err, HasSubstr("--queue"));
}

TEST_P(Send, WhatCannotBeSaidOnStderrChangesNothing) {
  const TestLedger ledger(GetParam());
  for (const char* nowhere : {"2>/dev/full", "2>&-", "2> >(exit)"}) {
    std::string argv;
    for (const std::string& word : ledger.send_command({"--skip-invalid"})) argv += word + " ";
    const Finished shell =
        run({"bash", "-c", argv + nowhere}, play_lines(20) + "\n" + play_lines(20));
    EXPECT_EQ(shell.code, 3) << nowhere;
    EXPECT_EQ(lines_of(shell.out).size(), 41U) << nowhere;
  }
  EXPECT_EQ(
      run({"bash", "-c", program("ledger-emit") + " validate 2>/dev/full"}, play_lines(1)).code, 0);
}

TEST_P(Send, AReaderOfStdoutThatWentAwayEndsItQuietly) {
  const TestLedger ledger(GetParam());
  const std::string argv = ledger.send_command()[0] + " send --brokers " + ledger.address() +
                           " --topic " + ledger.topic() + " | head -n 1";
  const Finished shell = run({"bash", "-c", "set -o pipefail; " + argv}, play_lines(20000));
  EXPECT_EQ(shell.code, 5);
  EXPECT_THAT(shell.err, testing::Not(HasSubstr("bug")));
  EXPECT_EQ(lines_of(shell.out).size(), 1U);
}

TEST_P(Send, AStoppedReaderOfStdoutDoesNotKeepASignalFromEndingIt) {
  const TestLedger ledger(GetParam());
  const TempDir folder;
  const std::string fifo = (folder.path() / "results").string();
  ASSERT_EQ(run({"mkfifo", fifo}).code, 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  Process send(ledger.send_command(), {.stdout_file = fifo});
  send.write(play_lines(1500));
  send.close_stdin();
  char first = 0;
  while (::read(reader, &first, 1) != 1) {
    ASSERT_TRUE(send.running());
  }
  send.signal(SIGINT);
  EXPECT_EQ(send.wait(), 130);
  ::close(reader);
}

// Until it is so slow that the sender waits for it.
void wait_until_full(int reader) {
  int before = -1;
  for (int unread = 0; before != unread || unread == 0;) {
    before = unread;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ASSERT_EQ(::ioctl(reader, FIONREAD, &unread), 0);
  }
}

std::string read_to_the_end(int fd) {
  std::string text;
  std::string bytes(65536, '\0');
  for (ssize_t count = 1; count > 0;) {
    count = ::read(fd, bytes.data(), bytes.size());
    if (count > 0) text.append(bytes, 0, static_cast<size_t>(count));
  }
  return text;
}

TEST_P(Send, AReaderThatIsLateAfterASignalStillGetsOneRightLineForEach) {
  const TestLedger ledger(GetParam());
  const TempDir folder;
  const std::string fifo = (folder.path() / "results").string();
  ASSERT_EQ(run({"mkfifo", fifo}).code, 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const std::string lines = filled(play_lines(4000));
  const std::string file = (folder.path() / "events.ndjson").string();
  std::ofstream(file) << lines;
  Process send(ledger.send_command({file}), {.stdout_file = fifo});
  wait_until_full(reader);
  send.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ::fcntl(reader, F_SETFL, 0);  // blocking
  const auto results = lines_of(read_to_the_end(reader));
  ::close(reader);
  EXPECT_EQ(send.wait(), 143) << send.rest_of_stderr();

  const auto sent = lines_of(lines);
  std::map<std::string, size_t> of_partition;
  for (size_t i = 0; i < results.size(); ++i) {
    ASSERT_EQ(member(results[i], "line"), std::to_string(i + 1));
    ASSERT_EQ(member(results[i], "eventId"), member(sent[i], "eventId"));
    const Partition partition =
        event::partition_of(member(sent[i], "contentId"), ledger.partitions());
    const size_t offset = ++of_partition[std::to_string(raw(partition))];
    ASSERT_EQ(member(results[i], "offset"), fmt::format("{}:{}", raw(partition), offset));
  }
  size_t in_log = 0;
  for (const auto& [partition, values] : read_log(ledger.address(), ledger.topic())) {
    in_log += values.size();
  }
  EXPECT_EQ(results.size(), in_log);
}

TEST_P(Send, TheEnvelopeMayComeFromFlags) {
  const TestLedger ledger(GetParam());
  const std::string line = R"({"playRecorded":{"userId":"u","contentAudioId":"a","contentId":"c",)"
                           R"("contentType":"article"}})"
                           "\n";
  EXPECT_EQ(run(ledger.send_command(), line).code, 3);
  EXPECT_EQ(run(ledger.send_command({"--source", "s/1", "--actor", "user:7"}), line).code, 0);
  const Finished wrong = run(ledger.send_command({"--actor", "robot"}), line);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("KIND:ID"));
}

TEST_P(Send, GenesisIsNotForSend) {
  const TestLedger ledger(GetParam());
  const std::string line =
      R"({"actor":{"kind":"system","id":"x"},"source":"s","ledgerOpened":{"ledgerId":)"
      R"("0197a1c2-0000-7abc-8def-00112233445f","partition":0,"partitionCount":3,)"
      R"("ephemeral":false}})"
      "\n";
  EXPECT_EQ(run(ledger.send_command(), line).code, 3);
}

TEST_P(Send, ATopicThatIsAbsentIsRefused) {
  const TestLedger ledger(GetParam());
  const Finished send =
      run({program("ledger-emit"), "send", "--brokers", ledger.address(), "--topic", "nowhere"});
  EXPECT_EQ(send.code, 6);
  EXPECT_THAT(send.err, HasSubstr("ledger-emit init --topic nowhere"));
}

TEST_P(Send, PropertiesThatPromisesStandOnAreRefused) {
  const TestLedger ledger(GetParam());
  const Finished send = run(ledger.send_command({"-X", "acks=1"}), play_lines(1));
  EXPECT_EQ(send.code, 2);
  EXPECT_THAT(send.err, HasSubstr("property acks"));
  EXPECT_EQ(run(ledger.send_command({"-X", "linger.ms=1"}), play_lines(1)).code, 0);
  EXPECT_EQ(run(ledger.send_command({"-X", "lingr.ms=1"}), play_lines(1)).code, 2);
}

}  // namespace
}  // namespace ledger::test
