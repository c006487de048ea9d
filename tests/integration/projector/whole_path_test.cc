// Events -> send -> run -> find, count, get: what the views say is what the input says.
#include <algorithm>
#include <csignal>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "schemas/base/time.h"
#include "schemas/event/partition.h"
#include "schemas/store/directory.h"
#include "tests/integration/projector/raw_topic.h"
#include "tests/integration/projector/scenario.h"
#include "tests/support/event/forms.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class WholePath : public testing::TestWithParam<BrokerKind> {};

INSTANTIATE_TEST_SUITE_P(Brokers, WholePath, kBothBrokers, broker_name);

// What the lines say, counted without the fold.
struct Told {
  std::map<std::string, std::string> hash_of;              // of each audio that was not deleted
  std::map<std::string, std::set<std::string>> audios_of;  // by content
  std::set<std::string> listened;                          // user and content
  size_t plays = 0;

  explicit Told(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) take(line);
  }
  void take(const std::string& line) {
    const std::string content = member(line, "contentId");
    const std::string audio = member(line, "contentAudioId");
    if (line.find("\"audioCreated\":") != std::string::npos) {
      hash_of[audio] = member(line, "contentHash");
      audios_of[content].insert(audio);
    } else if (line.find("\"audioDeleted\":") != std::string::npos) {
      hash_of.erase(audio);
      audios_of[content].erase(audio);
    } else if (line.find("\"contentChanged\":") != std::string::npos) {
      for (const std::string& each : audios_of[content])
        hash_of[each] = member(line, "contentHash");
    } else if (line.find("Recorded\":") != std::string::npos) {
      listened.insert(member(line, "userId") + " " + content);
      if (line.find("\"playRecorded\":") != std::string::npos) ++plays;
    }
  }
};

TEST_P(WholePath, AnswersEqualWhatTheInputSays) {
  const Scenario scenario(GetParam());
  const auto lines = lines_of(generated(3000));
  const Told told(lines);
  const std::string end = scenario.send(joined(lines));
  const Finished run = scenario.catch_up();
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("stopped at " + end + ": folded 3002 events"));
  EXPECT_EQ(scenario.position(), end);

  std::map<std::string, std::string> hash_of;
  for (const std::string& row : scenario.answer({"find", "contentAudios"})) {
    hash_of[member(row, "_id")] = member(row, "contentHash");
  }
  EXPECT_EQ(hash_of, told.hash_of);
  size_t plays = 0;
  std::set<std::string> listened;
  for (const std::string& row : scenario.answer({"find", "userContentAudios"})) {
    plays += std::stoul(member(row, "playCount"));
    listened.insert(member(row, "userId") + " " + member(row, "contentId"));
  }
  EXPECT_EQ(plays, told.plays);
  EXPECT_EQ(listened, told.listened);
  const std::string count = scenario.answer({"count", "userContentAudios"}).at(0);
  EXPECT_EQ(member(count, "count"), std::to_string(told.listened.size()));
  const auto& [audio, hash] = *told.hash_of.begin();
  EXPECT_EQ(member(scenario.answer({"get", "contentAudios", audio}).at(0), "contentHash"), hash);
}

TEST_P(WholePath, ASecondRunHasNothingToDo) {
  const Scenario scenario(GetParam());
  scenario.send(generated(300));
  ASSERT_EQ(scenario.catch_up().code, 0);
  const std::string digests = scenario.digests();
  const Finished again = scenario.catch_up();
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("folded 0 events"));
  EXPECT_EQ(scenario.digests(), digests);
}

TEST_P(WholePath, ALedgerWithoutEventsHasItsGenesisOnly) {
  const Scenario scenario(GetParam(), 3);
  ASSERT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.position(), "0:1,1:1,2:1");
  EXPECT_EQ(scenario.answer({"find", "contentAudios"}).size(), 0U);
  EXPECT_EQ(count_with(scenario.answer({"events"}), "ledgerOpened"), 3U);
}

TEST_P(WholePath, RunsInPartsEqualOneRun) {
  const Scenario scenario(GetParam());
  const auto lines = lines_of(generated(1200));
  for (size_t first = 0; first < lines.size(); first += 400) {
    const auto from = lines.begin() + static_cast<std::ptrdiff_t>(first);
    scenario.send(joined({from, from + 400}));
    ASSERT_EQ(scenario.catch_up().code, 0);
  }
  ASSERT_EQ(scenario.catch_up({}, "at-once").code, 0);
  EXPECT_EQ(scenario.digests(), scenario.digests("at-once"));
}

TEST_P(WholePath, AFollowingRunSeesLaterEventsAndASignalEndsItWithZero) {
  const Scenario scenario(GetParam());
  for (const int number : {SIGINT, SIGTERM}) {
    Process run(scenario.run_command());
    scenario.send(generated(200));
    const std::string end = scenario.send(generated(100));
    const Finished fresh =
        scenario.query({"count", "contentAudios", "--at-least", end, "--wait", "20s"});
    EXPECT_EQ(fresh.code, 0) << fresh.err;
    run.signal(number);
    EXPECT_EQ(run.wait(), 0) << run.rest_of_stderr();
    EXPECT_THAT(run.rest_of_stderr(), HasSubstr("stopped at"));
  }
  EXPECT_EQ(scenario.run_state().phase, store::RunPhase::kStopped);
}

TEST_P(WholePath, RunJsonSaysHowFarARunIs) {
  const Scenario scenario(GetParam());
  const PositionVector ends = parse_position_vector(scenario.send(generated(200)));
  const double before_ms = now_unix_ms();
  Process run(scenario.run_command());
  ASSERT_EQ(
      scenario.query({"count", "contentAudios", "--at-least", to_text(ends), "--wait", "20s"}).code,
      0);
  store::RunState state = scenario.wait_until_following();
  EXPECT_EQ(state.pid, run.pid());
  EXPECT_GE(state.started_ms, before_ms);
  EXPECT_GE(state.heartbeat_ms, state.started_ms);
  ASSERT_TRUE(state.caught_up_ms);
  EXPECT_GE(*state.caught_up_ms, before_ms);
  EXPECT_EQ(state.refusal, std::nullopt);
  for (const auto& [partition, end] : ends) {
    EXPECT_EQ(state.partitions.at(partition), (store::RunPartition{end, end}));
  }
  run.signal(SIGTERM);
  ASSERT_EQ(run.wait(), 0);
  state = scenario.run_state();
  EXPECT_EQ(state.phase, store::RunPhase::kStopped);
  for (const auto& [partition, end] : ends) {
    EXPECT_EQ(state.partitions.at(partition), (store::RunPartition{end, end}));
  }
}

// The log's time is the producers' there, and producers may tell of the past.
TEST(Ephemeral, EventsOfThePastAreNoClockSkew) {
  const Scenario scenario(BrokerKind::kEmbedded);
  scenario.send(generated(100));
  const double before_ms = now_unix_ms();
  Process run(scenario.run_command());
  const log::Retry retry = bounded_retry();
  const auto caught_up = [&] { return scenario.run_state().caught_up_ms.value_or(0) >= before_ms; };
  ASSERT_TRUE(run.wait_for_error("views"));
  while (!caught_up()) retry("not caught up yet");
  const std::string key = "c1";
  const Partition partition = event::partition_of(key, 2);
  const Offset offset = parse_position_vector(scenario.position()).at(partition);
  RawTopic(scenario.ledger().address(), scenario.ledger().topic())
      .write(raw(partition), key, event::value_of(play_line(1, "u1", key)), 1770832800000);
  const std::string end = to_text(PositionVector{{partition, ledger::next(offset)}});
  const Finished count =
      scenario.query({"count", "userContentAudios", "--at-least", end, "--wait", "20s"});
  ASSERT_EQ(count.code, 0) << count.err;
  run.signal(SIGTERM);
  ASSERT_EQ(run.wait(), 0);
  EXPECT_TRUE(caught_up());
  EXPECT_THAT(run.rest_of_stderr(), Not(HasSubstr("clock skew")));
}

// Fetched for a fill that cannot be, for a rebuild is at work: the feeds fold it, and all that a
// run does beside them goes on.
TEST(KeptAhead, IsFoldedByAllFeedsWithReportsHandOverAndStop) {
  const Scenario scenario(BrokerKind::kEmbedded, 8);
  const PositionVector ends = parse_position_vector(scenario.send(filled(play_lines(40000))));
  const store::ViewDirectory directory(scenario.path());
  directory.create();
  auto building = store::FileLock::try_take(directory.build_lock());
  ASSERT_TRUE(building);
  Process run(scenario.run_command({"--bulk-from", "1000", "--batch-events", "1"}));
  const log::Retry retry = bounded_retry();
  const auto in_the_middle = [&] {
    const store::RunState state = scenario.run_state();
    return state.phase == store::RunPhase::kCatchingUp && state.partitions.size() == ends.size() &&
           std::all_of(ends.begin(), ends.end(), [&](const auto& end) {
             const Offset position = state.partitions.at(end.first).position;
             return position > Offset{0} && position < end.second;
           });
  };
  ASSERT_TRUE(run.wait_for_error("views"));
  while (!in_the_middle()) retry("no report from the middle of all partitions");

  directory.ask_for_handover();
  auto writer = store::FileLock::try_take(directory.writer_lock());
  for (; !writer; writer = store::FileLock::try_take(directory.writer_lock())) retry("held");
  const PositionVector handed_over = parse_position_vector(scenario.position());
  EXPECT_LT(handed_over.at(Partition{0}), ends.at(Partition{0}));
  directory.remove_handover();
  writer.reset();
  ASSERT_TRUE(run.wait_for_error("goes on in generation"));
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait(), 0);
  EXPECT_NE(scenario.position(), to_text(ends));
  building.reset();

  ASSERT_EQ(scenario.catch_up().code, 0);
  EXPECT_EQ(scenario.position(), to_text(ends));
  ASSERT_EQ(scenario.catch_up({}, "at-once").code, 0);
  EXPECT_EQ(scenario.digests(), scenario.digests("at-once"));
}

TEST_P(WholePath, AnIdleRunUntilTheEndKnowsTheEndsToo) {
  const Scenario scenario(GetParam(), 8);
  const std::string end = scenario.send(generated(200));
  ASSERT_EQ(scenario.catch_up().code, 0);
  ASSERT_EQ(scenario.catch_up({"--threads", "1"}).code, 0);
  const std::string status = scenario.answer({"status"}).at(0);
  EXPECT_EQ(member(status, "end"), end);
  EXPECT_EQ(member(status, "lag"), "0");
}

}  // namespace
}  // namespace ledger::test
