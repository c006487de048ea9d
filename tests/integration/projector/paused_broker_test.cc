// A broker that keeps its connections and says nothing any more (SIGSTOP).
#include <csignal>

#include <gmock/gmock.h>

#include "schemas/base/time.h"
#include "tests/integration/projector/scenario.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;
using Options = std::vector<std::string>;

constexpr int kPartitions = 8;
// A question waits 1.5 s for its answer; a loaded machine takes longer.
constexpr seconds kFewSeconds{15};
constexpr double kHeartbeatMs = 10000;  // one each second, on a loaded machine

class PausedBroker : public testing::Test {
 protected:
  void pause() { scenario_.broker().signal(SIGSTOP); }
  void go_on() { scenario_.broker().signal(SIGCONT); }

  void wait_for(const std::string& position) const {
    const Finished count =
        scenario_.query({"count", "userContentAudios", "--at-least", position, "--wait", "30s"});
    ASSERT_EQ(count.code, 0) << count.err;
  }

  // A run that says it waits for brokers ends on a signal.
  static void expect_stop(Process& run, int signal, int code) {
    ASSERT_TRUE(run.wait_for_error("waiting for brokers"));
    run.signal(signal);
    EXPECT_EQ(run.wait(kFewSeconds), code) << run.rest_of_stderr();
  }

  Scenario scenario_{BrokerKind::kEmbedded, kPartitions};
};

TEST_F(PausedBroker, AtTheStartIsWaitedForUntilASignal) {
  scenario_.send(generated(100));
  pause();
  Process following(scenario_.run_command({}, "following"));
  expect_stop(following, SIGTERM, 0);
  for (const int signal : {SIGINT, SIGTERM}) {
    Process until_end(scenario_.run_command({"--until-end"}));
    expect_stop(until_end, signal, 128 + signal);
  }
  go_on();
  EXPECT_EQ(scenario_.catch_up().code, 0);
}

TEST_F(PausedBroker, AtTheStartLeavesTheHeartbeatAndTheHandOverToARebuild) {
  scenario_.send(generated(100));
  ASSERT_EQ(scenario_.catch_up().code, 0);
  pause();
  Process run(scenario_.run_command());
  ASSERT_TRUE(run.wait_for_error("waiting for brokers"));
  const store::RunState waiting = scenario_.run_state();
  EXPECT_EQ(waiting.phase, store::RunPhase::kWaitingForBrokers);
  const Finished rebuild = scenario_.rebuild();
  EXPECT_EQ(rebuild.code, 0) << rebuild.err;
  EXPECT_TRUE(run.wait_for_error("a rebuild takes over"));
  EXPECT_TRUE(run.wait_for_error("waiting for brokers"));  // said each 10 s
  EXPECT_GT(scenario_.run_state().heartbeat_ms, waiting.heartbeat_ms);
  EXPECT_LT(now_unix_ms() - scenario_.run_state().heartbeat_ms, kHeartbeatMs);
  go_on();
  wait_for(scenario_.send(filled(play_lines(50))));
  EXPECT_NE(scenario_.run_state().phase, store::RunPhase::kWaitingForBrokers);
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait(), 0);
  EXPECT_EQ(std::filesystem::read_symlink(scenario_.path() + "/current"), "gen-2");
}

TEST_F(PausedBroker, WhileARunFollowsIsToldAndFollowedAgain) {
  const std::string first = scenario_.send(filled(play_lines(500)));
  Process run(scenario_.run_command());
  ASSERT_TRUE(run.wait_for_error("views"));
  wait_for(first);
  pause();
  ASSERT_TRUE(run.wait_for_error("waiting for brokers"));
  EXPECT_EQ(scenario_.run_state().phase, store::RunPhase::kWaitingForBrokers);
  EXPECT_LT(now_unix_ms() - scenario_.run_state().heartbeat_ms, kHeartbeatMs);
  go_on();
  wait_for(scenario_.send(filled(play_lines(500))));
  pause();
  expect_stop(run, SIGINT, 0);
  go_on();
  ASSERT_EQ(scenario_.catch_up({}, "at-once").code, 0);
  EXPECT_EQ(scenario_.digests(), scenario_.digests("at-once"));
}

TEST_F(PausedBroker, InTheMiddleOfACatchUpIsWaitedForUntilASignal) {
  scenario_.send(filled(play_lines(6000)));
  Process run(scenario_.run_command({"--until-end", "--batch-events", "1"}));
  ASSERT_TRUE(run.wait_for_error("views"));
  wait_for("0:20");
  pause();
  expect_stop(run, SIGTERM, 143);
  go_on();
  EXPECT_EQ(scenario_.catch_up().code, 0);
}

TEST_F(PausedBroker, ForLongerThanGiveUpAfterIsFive) {
  const std::string end = scenario_.send(generated(100));
  Process run(scenario_.run_command({"--give-up-after", "1s"}));
  ASSERT_TRUE(run.wait_for_error("views"));
  wait_for(end);
  pause();
  EXPECT_EQ(run.wait(kFewSeconds), 5);
  EXPECT_THAT(run.rest_of_stderr(), HasSubstr("gave up after 1000 ms"));
}

}  // namespace
}  // namespace ledger::test
