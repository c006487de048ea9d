// kill -9 of either side at each step of the hand-over.
#include <memory>

#include "schemas/store/reader.h"
#include "schemas/store/writer.h"
#include "tests/crash/handover/living_run.h"
#include "tests/crash/kills.h"

namespace ledger::test {
namespace {

constexpr store::Generation kGen1{1};
constexpr store::Generation kGen2{2};

struct Step {
  std::string name;
  std::string point;         // of crash_point
  store::Generation live{};  // right after the kill
};

void PrintTo(const Step& step, std::ostream* out) { *out << step.name; }

class RebuildKilled : public LivingRun, public testing::WithParamInterface<Step> {};

TEST_P(RebuildKilled, RunGoesOnAndTheNextRebuildSucceeds) {
  Process rebuild = rebuild_until(GetParam().point, SIGKILL);
  ASSERT_EQ(rebuild.wait(), kKilled) << rebuild.rest_of_stderr();
  EXPECT_EQ(directory_.current(), GetParam().live);
  expect_that_all_goes_on();
}

TEST_P(RebuildKilled, ARunStartedAfterwardsGoesOn) {
  Process rebuild = rebuild_until(GetParam().point, SIGKILL);
  ASSERT_EQ(rebuild.wait(), kKilled) << rebuild.rest_of_stderr();
  run_->signal(SIGKILL);
  EXPECT_EQ(run_->wait(), kKilled);
  start_run();
  expect_that_all_goes_on();
}

INSTANTIATE_TEST_SUITE_P(
    Steps, RebuildKilled,
    testing::Values(Step{"AfterWritingHandover", "flock:writer.lock:before", kGen1},
                    Step{"AfterTakingWriterLock", "flock:writer.lock:after", kGen1},
                    Step{"BeforeRenamingCurrent", "rename:current:before", kGen1},
                    Step{"AfterRenamingCurrent", "rename:current:after", kGen2},
                    Step{"BeforeRemovingHandover", "remove:handover:before", kGen2},
                    Step{"AfterRemovingHandover", "remove:handover:after", kGen2}),
    [](const auto& step) { return step.param.name; });

using RunKilled = LivingRun;
using RunLeft = LivingRun;

TEST_F(RunKilled, WhileItWaitsTheRebuildPublishes) {
  Process rebuild = rebuild_until("flock:writer.lock:before", SIGSTOP);
  ASSERT_TRUE(run_->wait_for_error("a rebuild takes over"));
  run_->signal(SIGKILL);
  EXPECT_EQ(run_->wait(), kKilled);
  EXPECT_EQ(go_on(rebuild), 0) << rebuild.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen2);
  start_run();
  expect_that_all_goes_on();
}

TEST_F(RunKilled, BeforeItHandsOverTheRebuildPublishes) {
  run_->signal(SIGSTOP);
  Process rebuild(rebuild_command());
  wait_for_handover();
  EXPECT_TRUE(rebuild.running());
  run_->signal(SIGKILL);
  EXPECT_EQ(run_->wait(), kKilled);
  EXPECT_EQ(rebuild.wait(), 0) << rebuild.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen2);
  start_run();
  expect_that_all_goes_on();
}

TEST_F(RunKilled, WhileItWaitsAndTheRebuildTooANewRunGoesOn) {
  Process rebuild = rebuild_until("flock:writer.lock:before", SIGSTOP);
  ASSERT_TRUE(run_->wait_for_error("a rebuild takes over"));
  rebuild.signal(SIGKILL);
  EXPECT_EQ(rebuild.wait(), kKilled);
  EXPECT_TRUE(run_->wait_for_error("goes on in generation 1"));
  run_->signal(SIGKILL);
  EXPECT_EQ(run_->wait(), kKilled);
  start_run();
  expect_that_all_goes_on();
}

// A run that is started meanwhile must not take the generation in the making for a leftover.
TEST_F(RunKilled, ARunStartedDuringARebuildLeavesItsGenerationAlone) {
  run_->signal(SIGSTOP);
  Process rebuild = rebuild_until("flock:writer.lock:before", SIGSTOP);
  wait_for_handover();
  run_->signal(SIGKILL);
  EXPECT_EQ(run_->wait(), kKilled);
  start_run();
  ASSERT_TRUE(run_->wait_for_error("a rebuild takes over"));
  EXPECT_EQ(go_on(rebuild), 0) << rebuild.rest_of_stderr();
  EXPECT_TRUE(run_->wait_for_error("goes on in generation 2"));
  expect_that_all_goes_on();
}

// The pause holds no copying of a whole generation to the disk: at its first fsync nobody was
// asked.
TEST_F(RunLeft, AloneUntilTheNewShardsAreOnTheDisk) {
  Process rebuild = rebuild_until("fsync:data.mdb:before", SIGSTOP);
  EXPECT_FALSE(run_->wait_for_error("a rebuild takes over", std::chrono::seconds(2)));
  EXPECT_FALSE(std::filesystem::exists(directory_.handover()));
  EXPECT_TRUE(rebuild.running());
  EXPECT_EQ(go_on(rebuild), 0) << rebuild.rest_of_stderr();
  expect_that_all_goes_on();
}

// As the rebuild of another build of the programs does.
TEST_F(RunLeft, RefusesAPublishedGenerationOfAnotherFoldVersion) {
  const store::FileLock build_lock(directory_.build_lock(), "tests");
  directory_.ask_for_handover();
  ASSERT_TRUE(run_->wait_for_error("a rebuild takes over"));
  std::unique_ptr<store::FileLock> writer_lock;
  while (!writer_lock) writer_lock = store::FileLock::try_take(directory_.writer_lock());
  for (const Partition partition : directory_.partitions(kGen1)) {
    store::ShardIdentity identity =
        store::ShardReader(directory_.shard(kGen1, partition)).identity();
    ++identity.fold_version;
    store::ShardWriter(directory_.shard(kGen2, partition), identity).sync();
  }
  directory_.publish(kGen2);
  directory_.remove_handover();
  writer_lock.reset();
  EXPECT_EQ(run_->wait(), 6);
  EXPECT_NE(run_->rest_of_stderr().find("fold version"), std::string::npos);
}

}  // namespace
}  // namespace ledger::test
