// ledger-emit as the long-lived child of workers in other languages, and its commands without
// brokers.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/ledger.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;

class Child : public testing::TestWithParam<BrokerKind> {
 protected:
  static Finished work(const std::string& runtime, const std::string& script,
                       const TestLedger& ledger) {
    return run({runtime, (source_dir() / "tests/integration/emit" / script).string(),
                program("ledger-emit"), ledger.address(), ledger.topic(), "200"});
  }
};

INSTANTIATE_TEST_SUITE_P(Brokers, Child,
                         testing::Values(BrokerKind::kEmbedded, BrokerKind::kRealKafka),
                         [](const auto& of) { return to_text(of.param); });

TEST_P(Child, OfAPythonWorkerAnswersEachEvent) {
  const TestLedger ledger(GetParam(), 1);
  const Finished worker = work("python3", "worker_child.py", ledger);
  EXPECT_EQ(worker.code, 0) << worker.err;
  EXPECT_EQ(worker.out, "0:201\n");
}

TEST_P(Child, OfANodeWorkerAnswersManyAtOnce) {
  const TestLedger ledger(GetParam(), 1);
  const Finished worker = work("node", "worker_child.mjs", ledger);
  EXPECT_EQ(worker.code, 0) << worker.err;
  EXPECT_EQ(worker.out, "0:201\n");
}

TEST(Offline, ValidateNamesLineFieldAndReason) {
  const Finished validate =
      run({program("ledger-emit"), "validate"}, play_lines(1) + "{}\n" + play_lines(1) + "\n");
  EXPECT_EQ(validate.code, 3);
  const auto results = lines_of(validate.out);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(member(results[0], "line"), "2");
  EXPECT_EQ(member(results[1], "line"), "4");
  EXPECT_THAT(validate.err, HasSubstr("4 lines, 2 invalid"));
}

TEST(Offline, FilledLinesAreValidAndStayAsTheyAre) {
  const std::string lines = filled(play_lines(3));
  EXPECT_EQ(lines_of(lines).size(), 3U);
  EXPECT_EQ(filled(lines), lines);
}

TEST(Offline, ValidateWarnsAboutApiKeys) {
  const std::string line =
      R"({"actor":{"kind":"service","id":"t"},"source":"s","statusChanged":{"contentAudioId":"a",)"
      R"("contentId":"c","contentHash":"h","status":"failed","errorMessage":)"
      R"("401 for key sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD"}})"
      "\n";
  const Finished validate = run({program("ledger-emit"), "validate"}, line);
  EXPECT_EQ(validate.code, 0);
  EXPECT_THAT(validate.err, HasSubstr("API key"));
}

TEST(Offline, DecodeShowsWhatTheLogHolds) {
  const TestLedger ledger(BrokerKind::kEmbedded, 1);
  const std::string lines = filled(play_lines(1));
  ASSERT_EQ(run(ledger.send_command(), lines).code, 0);
  const std::string value = read_log(ledger.address(), ledger.topic()).at(Partition{0}).at(0);
  const Finished decode = run({program("ledger-emit"), "decode"}, value);
  EXPECT_EQ(decode.code, 0) << decode.err;
  EXPECT_EQ(decode.out, lines);
  const Finished garbage = run({program("ledger-emit"), "decode"}, "garbage");
  EXPECT_EQ(garbage.code, 3);
  EXPECT_THAT(garbage.err, HasSubstr("undecodable"));
  const Finished large = run({program("ledger-emit"), "decode"}, std::string(600000, 'x'));
  EXPECT_EQ(large.code, 3);
}

// Starts a command with a stdin that does not block, writes `input` after a while, and gives what
// became of it; stderr ends with the CPU time it took, in ms.
Finished run_without_blocking(const std::string& command, const std::string& input) {
  constexpr const char* kScript = R"(
import os, resource, subprocess, sys
os.set_blocking(0, False)
code = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.exit(print(int(1000 * (used.ru_utime + used.ru_stime)), file=sys.stderr) or code))";
  Process process({"python3", "-c", kScript, program("ledger-emit"), command});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  process.write(input);
  process.close_stdin();
  const int code = process.wait();
  return {code, process.rest_of_stdout(), process.rest_of_stderr()};
}

TEST(Offline, AStdinThatDoesNotBlockIsWaitedFor) {
  const Finished validate = run_without_blocking("validate", play_lines(2));
  EXPECT_EQ(validate.code, 0) << validate.err;
  EXPECT_THAT(validate.err, HasSubstr("2 lines, 0 invalid"));
  EXPECT_LT(std::stoi(lines_of(validate.err).back()), 300);
  const Finished decode = run_without_blocking("decode", "garbage");
  EXPECT_EQ(decode.code, 3) << decode.err;
}

TEST(Offline, NamesOfTheInputSteerNoTerminal) {
  const Finished fill = run({program("ledger-emit"), "validate", "--fill"},
                            R"({"\u001b[31mx\u0007\nledger-emit: forged":1})"
                            "\n");
  EXPECT_EQ(fill.code, 3);
  EXPECT_EQ(lines_of(fill.err).at(0),
            R"(ledger-emit: line 1: \x1b[31mx\x07\x0aledger-emit: forged: )"
            "is not a member of the event format");
}

TEST(Offline, AFlagThatBreaksALimitIsAUsageErrorAndNotOneOfEachLine) {
  const std::string line = play_lines(1);
  const std::string tool = program("ledger-emit");
  for (const std::string& source : {std::string(), std::string(129, 's'), std::string("\xff")}) {
    const Finished refused = run({tool, "validate", "--source", source}, line);
    EXPECT_EQ(refused.code, 2) << source;
    EXPECT_THAT(refused.err, HasSubstr("--source: source must be "));
  }
  const Finished actor = run({tool, "validate", "--actor", "user:" + std::string(129, 'i')}, line);
  EXPECT_EQ(actor.code, 2);
  EXPECT_THAT(actor.err, HasSubstr("--actor: actor.id must be 1 to 128 bytes"));
  EXPECT_EQ(run({tool, "validate", "--actor", "user:i", "--source", "s/1"}, line).code, 0);
}

TEST(Offline, SchemaIsJson) {
  const Finished schema = run({program("ledger-emit"), "schema"});
  EXPECT_EQ(schema.code, 0);
  EXPECT_EQ(run({"python3", "-m", "json.tool"}, schema.out).code, 0);
  EXPECT_THAT(schema.out, HasSubstr("playRecorded"));
}

TEST(Offline, AWrongCommandNamesTheRightOne) {
  const Finished wrong = run({program("ledger-emit"), "sned"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'send'?"));
  EXPECT_EQ(run({program("ledger-emit"), "import", "contentAudios", "x"}).code, 2);
}

TEST(Offline, HelpAndVersionGoToStdout) {
  const Finished help = run({program("ledger-emit"), "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, testing::StartsWith("Examples:\n"));
  EXPECT_THAT(run({program("ledger-emit"), "--version"}).out, HasSubstr("librdkafka 2."));
}

}  // namespace
}  // namespace ledger::test
