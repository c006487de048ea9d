// A far-behind run folds what it fetches while it fetches, and publishes it once all of it is there
// and was compared with the log.
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "schemas/store/directory.h"
#include "schemas/store/kept_log.h"
#include "tests/integration/projector/scenario.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Options = std::vector<std::string>;

constexpr int kPartitions = 16;
constexpr int kEvents = 12000;
constexpr store::Generation kGen1{1};
constexpr store::Generation kGen2{2};

class Fill : public testing::Test {
 protected:
  Fill() {
    directory_.create();
    end_ = scenario_.send(filled(play_lines(kEvents)));
  }

  // Events that are kept by now. Precondition: all kept logs are there.
  int64_t kept() const {
    int64_t sum = 0;
    for (const Partition partition : directory_.log_partitions()) {
      sum += raw(store::KeptLogReader(directory_.log(partition)).end());
    }
    return sum;
  }
  // A run that fetches one event at a time, in the middle of that.
  Process run_in_the_middle(Options more = {}) const {
    more.insert(more.end(), {"--until-end", "--bulk-from", "1000", "--batch-events", "1"});
    Process run(scenario_.run_command(std::move(more)));
    const log::Retry retry = bounded_retry();
    while (!directory_.current()) retry("no shard is open");
    while (kept() < kEvents / 8) retry("nothing is kept");
    EXPECT_LT(kept(), kEvents / 2) << "too fast to be met in the middle";
    EXPECT_EQ(directory_.current(), kGen1);
    return run;
  }
  void expect_all_as_one_by_one() const {
    EXPECT_EQ(scenario_.position(), end_);
    ASSERT_EQ(scenario_.catch_up({}, "one-by-one").code, 0);
    EXPECT_EQ(scenario_.digests(), scenario_.digests("one-by-one"));
  }

  Scenario scenario_{BrokerKind::kEmbedded, kPartitions};
  const store::ViewDirectory directory_{scenario_.path()};
  std::string end_;
};

class FillBy : public Fill, public testing::WithParamInterface<Options> {};

INSTANTIATE_TEST_SUITE_P(Threads, FillBy,
                         testing::Values(Options{"--threads", "1"}, Options{"--threads", "2"},
                                         Options{}, Options{"--threads", "2", "--memory", "4MiB"}));

TEST_P(FillBy, MakesWhatTheLivePathAndARebuildMake) {
  Options options = GetParam();
  options.insert(options.end(), {"--bulk-from", "1000"});
  const Finished run = scenario_.catch_up(options);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("published generation 2 at " + end_));
  expect_all_as_one_by_one();
  const Finished rebuild = scenario_.rebuild();
  EXPECT_EQ(rebuild.code, 0) << rebuild.err;
}

TEST_P(FillBy, OnTopOfAGenerationMakesWhatTheLivePathMakes) {
  Options options = GetParam();
  options.insert(options.end(), {"--bulk-from", "1000"});
  ASSERT_EQ(scenario_.catch_up(options).code, 0);
  end_ = scenario_.send(filled(play_lines(kEvents)));
  const Finished run = scenario_.catch_up(options);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(directory_.current(), store::Generation{3});
  expect_all_as_one_by_one();
}

TEST_F(Fill, WaitsForBrokersThatAreAwayInTheMiddle) {
  Process run = run_in_the_middle();
  scenario_.broker().signal(SIGSTOP);
  ASSERT_TRUE(run.wait_for_error("waiting for brokers"));
  EXPECT_EQ(directory_.current(), kGen1);
  scenario_.broker().signal(SIGCONT);
  EXPECT_EQ(run.wait(), 0) << run.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen2);
  expect_all_as_one_by_one();
}

TEST_F(Fill, EndsWithFiveWhenBrokersAreAwayForTooLong) {
  Process run = run_in_the_middle({"--give-up-after", "1s"});
  scenario_.broker().signal(SIGSTOP);
  EXPECT_EQ(run.wait(), 5);
  EXPECT_THAT(run.rest_of_stderr(), HasSubstr("gave up after 1000 ms"));
  EXPECT_EQ(directory_.current(), kGen1);
  scenario_.broker().signal(SIGCONT);
  ASSERT_EQ(scenario_.catch_up({"--bulk-from", "1000"}).code, 0);
  expect_all_as_one_by_one();
}

TEST_F(Fill, EndsAtASignalInTheMiddleAndTheNextRunGoesOn) {
  Process run = run_in_the_middle();
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait(), 143) << run.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen1);
  EXPECT_EQ(scenario_.run_state().phase, store::RunPhase::kStopped);
  ASSERT_EQ(scenario_.catch_up({"--bulk-from", "1000"}).code, 0);
  expect_all_as_one_by_one();
}

// Nobody but the fill makes a generation then.
TEST_F(Fill, TurnsARebuildInTheMiddleAway) {
  Process run = run_in_the_middle();
  const Finished rebuild = scenario_.rebuild();
  EXPECT_EQ(rebuild.code, 5);
  EXPECT_THAT(rebuild.err, HasSubstr(fmt::format("held by process {}", run.pid())));
  EXPECT_EQ(run.wait(), 0) << run.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen2);
  expect_all_as_one_by_one();
}

TEST_F(Fill, LeavesTheFetchToItselfWhileARebuildIsAtWorkAndHandsOverInTheMiddle) {
  auto building = store::FileLock::try_take(directory_.build_lock());
  ASSERT_TRUE(building);
  Process run = run_in_the_middle();
  directory_.ask_for_handover();
  const log::Retry retry = bounded_retry();
  auto writer = store::FileLock::try_take(directory_.writer_lock());
  for (; !writer; writer = store::FileLock::try_take(directory_.writer_lock())) retry("held");
  EXPECT_LT(kept(), kEvents);
  directory_.remove_handover();
  writer.reset();
  ASSERT_TRUE(run.wait_for_error("goes on in generation 1"));
  building.reset();
  EXPECT_EQ(run.wait(), 0) << run.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen2);
  expect_all_as_one_by_one();
}

}  // namespace
}  // namespace ledger::test
