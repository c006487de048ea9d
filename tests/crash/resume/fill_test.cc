// kill -9 of a `run` that fills in bulk, into an empty generation and on top of one: the next run
// goes on with the shards that are whole.
#include <span>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/store/directory.h"
#include "schemas/store/kept_log.h"
#include "tests/crash/kills.h"
#include "tests/support/broker.h"
#include "tests/support/generated.h"
#include "tests/support/views/stands.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPartitions = 4;
constexpr store::Generation kGen2{2};
constexpr store::Generation kGen3{3};

class KilledFill : public ::testing::Test {
 protected:
  KilledFill() : broker_(kPartitions), views_(folder_.path() / "views"), directory_(views_) {
    lines_ = lines_of(generated({"--events", "9000"}));
  }

  void send(size_t first, size_t limit) const {
    broker_.send(std::span(lines_).subspan(first, limit - first));
  }
  std::vector<std::string> command(const std::filesystem::path& views,
                                   const std::string& bulk_from = "500") const {
    return {program("ledger-projector"),
            "run",
            "--until-end",
            "--brokers",
            broker_.address(),
            "--views",
            views.string(),
            "--threads",
            "1",
            "--bulk-from",
            bulk_from};
  }
  void run_and_kill_at(const std::string& point, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> argv = command(views_);
    argv.insert(argv.end(), more.begin(), more.end());
    Process killed(argv, {.environment = {"LD_PRELOAD=" + program("ledger-crash-point.so"),
                                          fmt::format("LEDGER_CRASH_AT={}:{}", point, SIGKILL)}});
    ASSERT_EQ(killed.wait(), kKilled) << killed.rest_of_stderr();
  }
  void expect_as_undisturbed() const {
    const auto undisturbed = folder_.path() / "undisturbed";
    const Finished whole = run(command(undisturbed, "1000000"));
    ASSERT_EQ(whole.code, 0) << whole.err;
    EXPECT_EQ(stands(views_), stands(undisturbed));
  }

  void expect_to_resume_generation_2() const {
    const Finished next = run(command(views_));
    ASSERT_EQ(next.code, 0) << next.err;
    EXPECT_THAT(next.err, HasSubstr("filling: resumes generation 2 at 0:"));
    EXPECT_EQ(directory_.current(), kGen2);
    EXPECT_THAT(directory_.generations(), ::testing::ElementsAre(kGen2));
    expect_as_undisturbed();
  }

  EmbeddedBroker broker_;
  TempDir folder_{memory_directory()};
  std::filesystem::path views_;
  store::ViewDirectory directory_;
  std::vector<std::string> lines_;
};

TEST_F(KilledFill, OfAnEmptyGenerationGoesOnWithTheShardsThatAreWhole) {
  send(0, lines_.size());
  run_and_kill_at("rename:2.round-1:after");
  expect_to_resume_generation_2();
}

// One thread fetches the partitions one after the other, and one folds them.
TEST_F(KilledFill, InTheMiddleOfTheFetchGoesOnWithBoth) {
  send(0, lines_.size());
  run_and_kill_at("rename:0.round-1:after", {"--batch-events", "1"});
  EXPECT_EQ(directory_.current(), store::Generation{1});
  const Offset kept = store::KeptLogReader(directory_.log(Partition{3})).end();
  EXPECT_LT(raw(kept), 1000) << "it was killed behind the fetch";
  expect_to_resume_generation_2();
}

TEST_F(KilledFill, OnTopOfAGenerationGoesOnAndMoreMayHaveComeMeanwhile) {
  send(0, 3000);
  ASSERT_EQ(run(command(views_)).code, 0);
  ASSERT_EQ(directory_.current(), kGen2);
  send(3000, 7000);
  run_and_kill_at("rename:1.round-1:after");
  EXPECT_EQ(directory_.current(), kGen2);
  send(7000, lines_.size());
  const Finished next = run(command(views_));
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_THAT(next.err, HasSubstr("filling: resumes generation 3 at 0:"));
  EXPECT_THAT(directory_.generations(), ::testing::Contains(directory_.current().value()));
  EXPECT_EQ(directory_.generations().size(), 1U);
  expect_as_undisturbed();
}

// No generation that nobody reads stays on the disk.
TEST_F(KilledFill, BehindTheStepThatPublishedItTheReplacedGenerationIsRemoved) {
  send(0, 3000);
  run_and_kill_at("rename:current:after");
  EXPECT_EQ(directory_.current(), store::Generation{1}) << "a first start publishes too";
  ASSERT_EQ(run(command(views_)).code, 0);
  ASSERT_EQ(directory_.current(), kGen2);
  send(3000, lines_.size());
  run_and_kill_at("rename:current:after");
  EXPECT_EQ(directory_.current(), kGen3);
  EXPECT_THAT(directory_.generations(), ::testing::ElementsAre(kGen2, kGen3));
  ASSERT_EQ(run(command(views_)).code, 0);
  EXPECT_THAT(directory_.generations(), ::testing::ElementsAre(kGen3));
  EXPECT_FALSE(std::filesystem::exists(directory_.generation(kGen3) / "replaces"));
  expect_as_undisturbed();
}

TEST_F(KilledFill, ANewerGenerationThatWasTurnedBackFromIsRemovedAndTold) {
  send(0, 3000);
  ASSERT_EQ(run(command(views_)).code, 0);
  ASSERT_EQ(run({program("ledger-projector"), "rebuild", "--views", views_.string()}).code, 0);
  ASSERT_EQ(directory_.current(), kGen3);
  std::filesystem::remove(views_ / "current");
  std::filesystem::create_directory_symlink("gen-2", views_ / "current");
  const Finished back = run(command(views_));
  ASSERT_EQ(back.code, 0) << back.err;
  EXPECT_THAT(back.err, HasSubstr("removed generation 3"));
  EXPECT_THAT(directory_.generations(), ::testing::ElementsAre(kGen2));
  expect_as_undisturbed();
}

// A damaged generation must not live on in the one that is to repair it.
TEST_F(KilledFill, OnTopOfAGenerationIsNotGoneOnWithByARebuild) {
  send(0, 3000);
  ASSERT_EQ(run(command(views_)).code, 0);
  send(3000, lines_.size());
  run_and_kill_at("rename:1.round-1:after");
  const Finished rebuilt =
      run({program("ledger-projector"), "rebuild", "--views", views_.string()});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_THAT(rebuilt.err, Not(HasSubstr("resumes")));
  ASSERT_EQ(run(command(views_)).code, 0);
  expect_as_undisturbed();
}

// A rebuild keeps the generation that it compared itself with, whoever made the first rounds of it.
TEST_F(KilledFill, OfAnEmptyGenerationGoneOnWithByARebuildRemovesNoPreviousGeneration) {
  send(0, 3000);
  run_and_kill_at("rename:current:after");
  run_and_kill_at("rename:current:before");
  const Finished one_by_one = run(command(views_, "1000000"));
  ASSERT_EQ(one_by_one.code, 0) << one_by_one.err;
  EXPECT_THAT(one_by_one.err, HasSubstr("a build that ended early left generation 2"));
  const Finished rebuilt =
      run({program("ledger-projector"), "rebuild", "--views", views_.string()});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_THAT(rebuilt.err, HasSubstr("rebuilding: resumes generation 2"));
  ASSERT_EQ(run(command(views_)).code, 0);
  EXPECT_EQ(directory_.current(), kGen2);
  EXPECT_THAT(directory_.generations(), ::testing::ElementsAre(store::Generation{1}, kGen2));
  expect_as_undisturbed();
}

// What a rebuild left stays for the next one, and is told.
TEST_F(KilledFill, RunLeavesAloneWhatARebuildLeftAndSaysSo) {
  send(0, lines_.size());
  ASSERT_EQ(run(command(views_)).code, 0);
  const std::vector<std::string> rebuild = {
      program("ledger-projector"), "rebuild", "--views", views_.string(), "--threads", "1"};
  Process killed(rebuild, {.environment = {
                               "LD_PRELOAD=" + program("ledger-crash-point.so"),
                               fmt::format("LEDGER_CRASH_AT=rename:1.round-1:after:{}", SIGKILL)}});
  ASSERT_EQ(killed.wait(), kKilled) << killed.rest_of_stderr();
  const Finished between = run(command(views_));
  ASSERT_EQ(between.code, 0) << between.err;
  EXPECT_THAT(between.err, HasSubstr("a build that ended early left generation 3"));
  const Finished next = run(rebuild);
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_THAT(next.err, HasSubstr("rebuilding: resumes generation 3 at 0:"));
  EXPECT_EQ(directory_.current(), kGen3);
  expect_as_undisturbed();
}

}  // namespace
}  // namespace ledger::test
