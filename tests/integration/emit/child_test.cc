// ledger-emit as the long-lived child of workers in other languages, and its commands without
// brokers.
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
