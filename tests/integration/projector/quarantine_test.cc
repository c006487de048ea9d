// What nobody should have put on the topic: quarantined with its code, everything else folded.
#include <gmock/gmock.h>

#include "events/log/genesis.h"
#include "schemas/event/partition.h"
#include "tests/integration/projector/raw_topic.h"
#include "tests/integration/projector/scenario.h"
#include "tests/support/event/forms.h"
#include "tests/support/event/vectors.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;

class Quarantine : public testing::TestWithParam<BrokerKind> {
 protected:
  // Expects `codes`, "code field" each, in the order of the log.
  static void expect_listed(const Scenario& scenario, const std::vector<std::string>& codes) {
    const auto lines = scenario.answer({"quarantine"});
    ASSERT_EQ(lines.size(), codes.size());
    for (size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(member(lines[i], "outcome"), "quarantined");
      const size_t space = codes[i].find(' ');
      EXPECT_THAT(lines[i], HasSubstr("\"codes\":[\"" + codes[i].substr(0, space) + "\"]"));
      EXPECT_EQ(member(lines[i], "field"), codes[i].substr(space + 1)) << lines[i];
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Brokers, Quarantine, kBothBrokers, broker_name);

TEST_P(Quarantine, EveryRefusedValueHasItsCodeAndFieldAndAllElseIsFolded) {
  const Scenario scenario(GetParam(), 1);
  const RawTopic topic(scenario.ledger().address(), scenario.ledger().topic());
  std::vector<std::string> expected;
  int plays = 0;
  for (const event::Case& one : event::read_cases("refused_values.json")) {
    const bool null = !one.contains("bytes");
    topic.write(0, "c1", null ? std::nullopt : std::optional(event::bytes_of(one)));
    const std::string field = one.contains("field") ? one.at("field") : "";
    const bool genesis = field.starts_with("ledgerOpened");
    expected.push_back(genesis ? "second_genesis " : one.at("code") + " " + field);
    topic.write(0, "c1", event::value_of(play_line(++plays, "u1")));
  }
  const Finished run = scenario.catch_up();
  ASSERT_EQ(run.code, 0) << run.err;
  expect_listed(scenario, expected);
  const std::string row = scenario.answer({"find", "userContentAudios", "userId=u1"}).at(0);
  EXPECT_EQ(member(row, "playCount"), std::to_string(plays));
  const std::string status = scenario.answer({"status"}).at(0);
  EXPECT_EQ(member(status, "quarantined"), std::to_string(expected.size()));
  EXPECT_EQ(member(status, "events"), std::to_string(1 + 2 * plays));
}

TEST_P(Quarantine, WrongKeysPartitionsAndLaterGenesesHaveTheirCodes) {
  const Scenario scenario(GetParam(), 2);
  const RawTopic topic(scenario.ledger().address(), scenario.ledger().topic());
  const std::string value = event::value_of(play_line(1, "u1"));
  const int home = raw(event::partition_of("c1", 2));
  event::LedgerOpened opened;
  opened.partition = static_cast<uint32_t>(home);
  opened.partition_count = 2;
  topic.write(home, "c2", value);
  topic.write(home, std::nullopt, value);
  topic.write(home, std::nullopt, log::encode_genesis(opened, "test"));
  topic.write(home, "c1", value);
  ASSERT_EQ(scenario.catch_up().code, 0);
  expect_listed(scenario, {"wrong_key ", "wrong_key ", "second_genesis "});
  EXPECT_EQ(scenario.answer({"find", "userContentAudios", "playCount=1"}).size(), 1U);

  topic.write(1 - home, "c1", value);
  ASSERT_EQ(scenario.catch_up().code, 0);
  const auto listed = scenario.answer({"quarantine"});
  EXPECT_EQ(listed.size(), 4U);
  EXPECT_EQ(count_with(listed, "\"wrong_partition\""), 1U);
}

TEST_P(Quarantine, TheBytesComeBackAsTheyStoodOnTheTopic) {
  const Scenario scenario(GetParam(), 1);
  const RawTopic topic(scenario.ledger().address(), scenario.ledger().topic());
  const std::string garbage("\x00\xff\x1b[31m garbage \n", 16);
  topic.write(0, "c1", garbage);
  topic.write(0, "c1", std::nullopt);
  ASSERT_EQ(scenario.catch_up().code, 0);
  const Finished bytes = scenario.query({"event", "0:1", "--raw"});
  EXPECT_EQ(bytes.code, 0) << bytes.err;
  EXPECT_EQ(bytes.out, garbage);
  const Finished null = scenario.query({"event", "0:2", "--raw"});
  EXPECT_EQ(null.code, 0);
  EXPECT_THAT(null.err, HasSubstr("the value is null"));
}

}  // namespace
}  // namespace ledger::test
