// kill -9 of a rebuild of several rounds, at random moments and at each step of a round: the next
// one goes on with what is whole, and the end is the same.
#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/store/directory.h"
#include "tests/crash/kills.h"
#include "tests/support/generated.h"
#include "tests/support/views/built_views.h"
#include "tests/support/views/stands.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEvents = "40000";
constexpr const char* kMemory = "4MiB";  // the least: rounds of a few thousand events
constexpr int kShare = 6;                // of LEDGER_KILLS
constexpr int kPatience = 10;            // so many times more, until one has resumed
constexpr store::Generation kGen1{1};
constexpr store::Generation kGen2{2};
constexpr std::string_view kResumes = "rebuilding: resumes generation 2 at ";

class KilledRebuild : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    views_of_all_ = new TempDir(memory_directory());
    testing::BuiltViews views(views_of_all_->path());
    views.add_all(generated({"--workload", "w", "--users", "5000", "--events", kEvents}));
    views.commit();
  }
  static void TearDownTestSuite() {
    delete views_of_all_;
    views_of_all_ = nullptr;
  }

  KilledRebuild()
      : folder_(memory_directory()), views_(folder_.path() / "views"), directory_(views_) {
    std::filesystem::copy(
        views_of_all_->path(), views_,
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
    expected_ = stands(views_);
  }

  std::vector<std::string> command() const {
    return {
        program("ledger-projector"), "rebuild", "--views", views_.string(), "--memory", kMemory};
  }

  void begin_anew() const {
    std::filesystem::remove(views_ / "current");
    std::filesystem::create_directory_symlink("gen-1", views_ / "current");
    directory_.remove_generation(kGen2);
  }

  // One call at which it gets a signal; see tests/support/crash_point.
  static StartOptions at(const std::string& point, int signal) {
    return {.environment = {"LD_PRELOAD=" + program("ledger-crash-point.so"),
                            fmt::format("LEDGER_CRASH_AT={}:{}", point, signal)}};
  }

  void expect_whole(store::Generation live) const {
    EXPECT_EQ(directory_.current(), live);
    EXPECT_EQ(stands(views_), expected_);
    EXPECT_EQ(directory_.generations().back(), live);
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.generation(live))) {
      names.insert(entry.path().filename());
    }
    EXPECT_EQ(names, (std::set<std::string>{"0", "1"}));
  }

  // Of shard 0, as their names tell it.
  Offset end_of_layers() const {
    int64_t end = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.generation(kGen2))) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("0.layer-") || name.ends_with(".part")) continue;
      end = std::max<int64_t>(end, std::stoll(name.substr(name.rfind('-') + 1)));
    }
    return Offset{end};
  }

  // What a rebuild said where it resumes; empty when it did not.
  static PositionVector resumed_at(const std::string& said) {
    const size_t at = said.find(kResumes);
    if (at == std::string::npos) return {};
    const size_t first = at + kResumes.size();
    return parse_position_vector(said.substr(first, said.find('\n', first) - first));
  }

  TempDir folder_;
  std::filesystem::path views_;
  store::ViewDirectory directory_;
  std::map<Partition, Stand> expected_;
  static TempDir* views_of_all_;
};

TempDir* KilledRebuild::views_of_all_ = nullptr;

TEST_F(KilledRebuild, AtRandomMomentsItGoesOnWhereItWasAndEndsAsAnUndisturbedOne) {
  const uint64_t seed = crash_seed();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto started = std::chrono::steady_clock::now();
  ASSERT_EQ(run(command()).code, 0);
  const auto duration = std::chrono::steady_clock::now() - started;
  begin_anew();
  PositionVector before;
  int resumed = 0;
  const int few = kills(kShare);
  for (int kill = 0; kill < few || (resumed == 0 && kill < few * kPatience); ++kill) {
    std::string said;
    run_and_kill(command(), duration, random, &said);
    const PositionVector at = resumed_at(said);
    for (const auto& [partition, offset] : at) {
      EXPECT_GE(offset, before[partition]) << said << "LEDGER_SEED=" << seed;
    }
    before = at;
    resumed += at.empty() ? 0 : 1;
    ASSERT_EQ(stands(views_), expected_) << "LEDGER_SEED=" << seed;
    if (directory_.current() == kGen2) begin_anew();
  }
  EXPECT_GE(resumed, 1) << "LEDGER_SEED=" << seed;
  const Finished last = run(command());
  ASSERT_EQ(last.code, 0) << last.err << "LEDGER_SEED=" << seed;
  expect_whole(kGen2);
}

// Where it is killed, and what the next one finds.
struct Step {
  std::string name;
  std::string point;  // of crash_point
  bool resumes = false;
};

void PrintTo(const Step& step, std::ostream* out) { *out << step.name; }

class KilledAtAStep : public KilledRebuild, public ::testing::WithParamInterface<Step> {};

TEST_P(KilledAtAStep, TheNextOneGoesOnWithWhatIsWhole) {
  std::vector<std::string> argv = command();
  argv.insert(argv.end(), {"--threads", "1"});  // shard 0, then shard 1
  Process killed(argv, at(GetParam().point, SIGKILL));
  ASSERT_EQ(killed.wait(), kKilled) << killed.rest_of_stderr();
  ASSERT_EQ(stands(views_), expected_);
  const Finished next = run(argv);
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_EQ(!resumed_at(next.err).empty(), GetParam().resumes) << next.err;
  expect_whole(kGen2);
}

// Nothing is named before its bytes are durable, so a power cut finds no more than a kill.
INSTANTIATE_TEST_SUITE_P(
    Steps, KilledAtAStep,
    ::testing::Values(Step{"BeforeTheMark", "rename:building:before", false},
                      Step{"AfterTheMark", "rename:building:after", false},
                      Step{"BeforeTheBytesAreDurable", "fsync:data.mdb:before", false},
                      Step{"BeforeItsFolderIsDurable", "fsync:0.layer-0-*.part:before", false},
                      Step{"BeforeTheFirstLayerIsNamed", "rename:0.layer-0-*:before", false},
                      Step{"AfterTheFirstLayerIsNamed", "rename:0.layer-0-*:after", true},
                      Step{"BeforeASecondLayerIsNamed", "rename:0.layer-[1-9]*:before", true},
                      Step{"AfterASecondLayerIsNamed", "rename:0.layer-[1-9]*:after", true},
                      Step{"WhenAllLayersAreMerged", "fsync:0.round-1.part:before", true},
                      Step{"BeforeTheRoundIsNamed", "rename:0.round-1:before", true},
                      Step{"AfterTheRoundIsNamed", "rename:0.round-1:after", true},
                      Step{"InTheSecondShard", "rename:1.layer-[1-9]*:after", true},
                      Step{"WithTheSecondShardWhole", "rename:1.round-1:after", true},
                      Step{"BeforeAShardIsPlaced", "rename:0:before", true},
                      Step{"BetweenPlacingTwoShards", "rename:1:before", true},
                      Step{"AfterPlacingAll", "rename:1:after", true},
                      Step{"BeforeThePublishing", "rename:current:before", true}),
    [](const auto& step) { return step.param.name; });

TEST_F(KilledRebuild, BehindThePublishingNothingIsLeftToGoOnWith) {
  Process killed(command(), {.environment = {
                                 "LD_PRELOAD=" + program("ledger-crash-point.so"),
                                 fmt::format("LEDGER_CRASH_AT=rename:current:after:{}", SIGKILL)}});
  ASSERT_EQ(killed.wait(), kKilled) << killed.rest_of_stderr();
  EXPECT_EQ(directory_.current(), kGen2);
  ASSERT_EQ(stands(views_), expected_);
  const Finished next = run(command());
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_THAT(next.err, Not(HasSubstr("resumes")));
  expect_whole(store::Generation{3});
}

TEST_F(KilledRebuild, TheRoundInTheMakingIsAllThatIsLost) {
  Process killed(command(), at("rename:0.layer-[1-9]*:after", SIGKILL));
  ASSERT_EQ(killed.wait(), kKilled) << killed.rest_of_stderr();
  const Offset whole = end_of_layers();
  const Finished next = run(command());
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_EQ(resumed_at(next.err)[Partition{0}], whole);
  EXPECT_GT(whole, Offset{0});
  expect_whole(kGen2);
}

// Whatever is merged stays until the whole is durable.
TEST_F(KilledRebuild, WhileLayersAreMergedNothingIsLost) {
  Process killed(command(), at("rename:0.round-1:before", SIGKILL));
  ASSERT_EQ(killed.wait(), kKilled) << killed.rest_of_stderr();
  const Offset whole = end_of_layers();
  EXPECT_GT(whole, Offset{0});
  const Finished next = run(command());
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_EQ(resumed_at(next.err)[Partition{0}], whole);
  expect_whole(kGen2);
}

TEST_F(KilledRebuild, ASignalLeavesWhatIsWholeToTheNextOne) {
  Process stopped(command(), at("rename:0.layer-0-*:after", SIGTERM));
  EXPECT_EQ(stopped.wait(), 128 + SIGTERM);
  EXPECT_THAT(stopped.rest_of_stderr(), HasSubstr("the live generation is as it was"));
  EXPECT_EQ(directory_.current(), kGen1);
  const Finished next = run(command());
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_THAT(next.err, HasSubstr(kResumes));
  expect_whole(kGen2);
}

}  // namespace
}  // namespace ledger::test
