// The same events again, and event ids that come back with something else.
#include <gmock/gmock.h>

#include "tests/integration/projector/raw_topic.h"
#include "tests/integration/projector/scenario.h"
#include "tests/support/event/forms.h"

namespace ledger::test {
namespace {

class Repeats : public testing::TestWithParam<BrokerKind> {};

INSTANTIATE_TEST_SUITE_P(Brokers, Repeats, kBothBrokers, broker_name);

TEST_P(Repeats, AFileSentTwiceAddsToThePositionAndTheDuplicatesOnly) {
  const Scenario scenario(GetParam());
  const std::string lines = filled(play_lines(400));
  scenario.send(lines);
  ASSERT_EQ(scenario.catch_up().code, 0);
  const std::string digests = scenario.digests();
  const std::string before = scenario.answer({"status"}).at(0);
  EXPECT_EQ(member(before, "duplicates"), "0");

  const std::string end = scenario.send(lines);
  ASSERT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.digests(), digests);
  const std::string after = scenario.answer({"status"}).at(0);
  EXPECT_EQ(member(after, "duplicates"), "400");
  EXPECT_EQ(member(after, "events"), "802");
  EXPECT_EQ(member(after, "applied"), member(before, "applied"));
  EXPECT_EQ(member(after, "position"), end);
  EXPECT_EQ(scenario.answer({"events", "outcome=duplicate"}).size(), 400U);
}

TEST_P(Repeats, AnEventIdWithAnotherPayloadIsNotAppliedAndIsListed) {
  const Scenario scenario(GetParam());
  scenario.send(play_line(1, "u1") + "\n" + play_line(1, "u2") + "\n" + play_line(1, "u1") + "\n");
  ASSERT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.answer({"find", "userContentAudios"}).size(), 1U);
  const auto listed = scenario.answer({"anomalies", "event_id_reused"});
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(member(listed[0], "applied"), "false");
  EXPECT_EQ(member(listed[0], "userId"), "u2");
  EXPECT_EQ(member(scenario.answer({"status"}).at(0), "duplicates"), "1");
}

TEST_P(Repeats, AnIdOfAnEventInQuarantineIsStillFree) {
  const Scenario scenario(GetParam(), 1);
  const RawTopic topic(scenario.ledger().address(), scenario.ledger().topic());
  topic.write(0, "another", event::value_of(play_line(1, "u1")));
  scenario.send(play_line(1, "u1") + "\n");
  ASSERT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.answer({"quarantine"}).size(), 1U);
  EXPECT_EQ(scenario.answer({"find", "userContentAudios", "userId=u1"}).size(), 1U);
}

}  // namespace
}  // namespace ledger::test
