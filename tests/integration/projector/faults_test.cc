// Brokers that go away, signals, full disks and missing permissions.
#include <csignal>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/integration/projector/scenario.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

TEST(Brokers, KilledWhileARunFollowsLoseAndRepeatNothing) {
  const Scenario scenario(BrokerKind::kRealKafka);
  RealKafka& kafka = RealKafka::shared();
  const auto lines = lines_of(filled(play_lines(6000)));
  const auto third = [&](int i) {
    return joined({lines.begin() + i * 2000, lines.begin() + (i + 1) * 2000});
  };
  scenario.send(third(0));
  Process run(scenario.run_command());
  scenario.send(third(1));
  kafka.kill();
  EXPECT_TRUE(run.wait_for_error("waiting for brokers"));
  EXPECT_EQ(scenario.query({"count", "userContentAudios"}).code, 0);
  kafka.start();
  const std::string last = scenario.send(third(2));
  const Finished count =
      scenario.query({"count", "userContentAudios", "--at-least", last, "--wait", "60s"});
  EXPECT_EQ(count.code, 0) << count.err;
  EXPECT_EQ(member(count.out, "count"), "6000");
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait(), 0) << run.rest_of_stderr();
  ASSERT_EQ(scenario.catch_up({}, "at-once").code, 0);
  EXPECT_EQ(scenario.digests(), scenario.digests("at-once"));
}

TEST(Brokers, AwayAtTheStartAreWaitedFor) {
  const Scenario scenario(BrokerKind::kRealKafka);
  RealKafka& kafka = RealKafka::shared();
  const std::string end = scenario.send(generated(100));
  kafka.stop();
  Process run(scenario.run_command({"--until-end"}));
  EXPECT_TRUE(run.wait_for_error("waiting for brokers"));
  Process stopped(scenario.run_command({}, "stopped"));
  ASSERT_TRUE(stopped.wait_for_error("waiting for brokers"));
  stopped.signal(SIGTERM);
  EXPECT_EQ(stopped.wait(), 0);
  kafka.start();
  EXPECT_EQ(run.wait(), 0) << run.rest_of_stderr();
  EXPECT_EQ(scenario.position(), end);
}

TEST(Brokers, AwayForLongerThanGiveUpAfterAreFive) {
  const TempDir folder;
  // Port 1 of the loopback: nobody listens there.
  const Finished run_without = run(run_command_on(
      "127.0.0.1:1", "t", (folder.path() / "views").string(), {"--give-up-after", "400ms"}));
  EXPECT_EQ(run_without.code, 5);
  EXPECT_THAT(run_without.err,
              AllOf(HasSubstr("gave up after 400 ms"), HasSubstr("check --brokers")));

  Scenario scenario(BrokerKind::kEmbedded);
  scenario.send(generated(100));
  Process following(scenario.run_command({"--give-up-after", "400ms"}));
  ASSERT_TRUE(following.wait_for_error("views"));
  scenario.end_broker();
  EXPECT_EQ(following.wait(), 5);
  EXPECT_THAT(following.rest_of_stderr(), HasSubstr("gave up after"));
  EXPECT_EQ(scenario.run_state().refusal->fault, Fault::kUnavailable);
}

class Signals : public testing::TestWithParam<BrokerKind> {};

INSTANTIATE_TEST_SUITE_P(Brokers, Signals, kBothBrokers, broker_name);

TEST_P(Signals, InTheMiddleOfACatchUpLeaveAWholePrefixAndTheNextRunGoesOn) {
  const Scenario scenario(GetParam());
  const std::string end = scenario.send(filled(play_lines(6000)));
  for (const int number : {SIGINT, SIGTERM}) {
    Process run(scenario.run_command({"--until-end", "--batch-events", "1"}));
    ASSERT_TRUE(run.wait_for_error("views"));
    const std::string some = number == SIGINT ? "0:50,1:50" : "0:200,1:200";
    ASSERT_EQ(
        scenario.query({"count", "userContentAudios", "--at-least", some, "--wait", "20s"}).code,
        0);
    run.signal(number);
    EXPECT_EQ(run.wait(), 128 + number);
    EXPECT_THAT(run.rest_of_stderr(), HasSubstr("stopped before the end"));
    EXPECT_NE(scenario.position(), end);
    EXPECT_EQ(scenario.run_state().phase, store::RunPhase::kStopped);
    EXPECT_EQ(scenario.run_state().refusal, std::nullopt);
  }
  const Finished rest = scenario.catch_up();
  EXPECT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(scenario.position(), end);
  ASSERT_EQ(scenario.catch_up({}, "at-once").code, 0);
  EXPECT_EQ(scenario.digests(), scenario.digests("at-once"));
}

// Runs programs as somebody whom permissions bind: as root a copy of the program as nobody, else
// the program as oneself.
class Permissions : public testing::Test {
 protected:
  Permissions() { fs::permissions(fs::path(scenario_.path()).parent_path(), fs::perms{0755}); }
  ~Permissions() override {
    std::error_code ignored;
    fs::permissions(scenario_.path(), fs::perms{0755}, ignored);
  }

  // `through`: a program that starts it.
  Finished run_bound(std::vector<std::string> argv, std::vector<std::string> through = {}) const {
    if (geteuid() == 0) {
      const fs::path copy = scenario_.path("program");
      fs::copy_file(argv[0], copy, fs::copy_options::skip_existing);
      argv[0] = copy.string();
      through.insert(through.begin(),
                     {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    }
    argv.insert(argv.begin(), through.begin(), through.end());
    return run(argv);
  }

  const Scenario scenario_{BrokerKind::kEmbedded};
};

TEST_F(Permissions, ADirectoryThatIsNotOnesOwnIsFiveAndStaysAsItIs) {
  scenario_.send(generated(100));
  ASSERT_EQ(scenario_.catch_up().code, 0);
  const std::string digests = scenario_.digests();
  fs::permissions(scenario_.path(), fs::perms{0555});
  if (geteuid() != 0) fs::permissions(scenario_.path() + "/writer.lock", fs::perms{0444});
  const Finished run = run_bound(scenario_.run_command({"--until-end"}));
  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, AllOf(HasSubstr(scenario_.path()), HasSubstr("ermission")));
  const Finished rebuild =
      run_bound({program("ledger-projector"), "rebuild", "--views", scenario_.path()});
  EXPECT_EQ(rebuild.code, 5);
  EXPECT_THAT(rebuild.err, AllOf(HasSubstr(scenario_.path()), HasSubstr("ermission")));
  EXPECT_EQ(scenario_.digests(), digests);
}

TEST_F(Permissions, ADirectoryThatCannotBeMadeIsFive) {
  fs::create_directory(scenario_.path("closed"));
  fs::permissions(scenario_.path("closed"), fs::perms{0555});
  const Finished run = run_bound(scenario_.run_command({"--until-end"}, "closed/views"));
  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, AllOf(HasSubstr("cannot create the view directory"),
                             HasSubstr("closed/views"), HasSubstr("check the path")));
}

class FewThreads : public Permissions {
 protected:
  FewThreads() { fs::permissions(scenario_.path(""), fs::perms{0777}); }
};

TEST_F(FewThreads, AreFiveAtEveryStepOfTheStart) {
  scenario_.send(generated(100));
  const size_t already = threads_of(geteuid() == 0 ? 65534 : geteuid());
  std::set<int> codes;
  for (size_t more = 2; more < 40 && !codes.contains(0); ++more) {
    const Finished run =
        run_bound(scenario_.run_command({"--until-end", "--give-up-after", "300ms"}),
                  {"prlimit", fmt::format("--nproc={}", already + more)});
    codes.insert(run.code);
    if (run.code == 0) break;
    EXPECT_EQ(run.code, 5) << more << " " << run.err;
    EXPECT_THAT(run.err, AnyOf(HasSubstr("ulimit -u"), HasSubstr("gave up after"))) << more;
  }
  EXPECT_EQ(codes, (std::set<int>{0, 5}));
}

}  // namespace
}  // namespace ledger::test
