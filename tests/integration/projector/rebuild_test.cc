// `ledger-projector rebuild`: the same views anew from the kept log.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/integration/projector/scenario.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Rebuild : public testing::Test {
 protected:
  void fold_some() {
    scenario_.send(generated(1500));
    ASSERT_EQ(scenario_.catch_up().code, 0);
    digests_ = scenario_.digests();
  }
  fs::path in_views(const std::string& name) const { return fs::path(scenario_.path()) / name; }
  std::string current() const { return fs::read_symlink(in_views("current")).string(); }

  const Scenario scenario_{BrokerKind::kEmbedded};
  std::string digests_;
};

TEST_F(Rebuild, PublishesAnEqualGenerationAndKeepsThePreviousOne) {
  fold_some();
  ASSERT_EQ(current(), "gen-1");
  const Finished rebuild = scenario_.rebuild();
  ASSERT_EQ(rebuild.code, 0) << rebuild.err;
  EXPECT_THAT(rebuild.err, HasSubstr("published generation 2 at " + scenario_.position()));
  EXPECT_EQ(current(), "gen-2");
  EXPECT_TRUE(fs::exists(in_views("gen-1")));
  EXPECT_EQ(scenario_.digests(), digests_);
  ASSERT_EQ(scenario_.rebuild().code, 0);
  EXPECT_EQ(current(), "gen-3");
  EXPECT_FALSE(fs::exists(in_views("gen-1")));
  EXPECT_TRUE(fs::exists(in_views("gen-2")));
  ASSERT_EQ(scenario_.rebuild({"--keep", "0"}).code, 0);
  EXPECT_FALSE(fs::exists(in_views("gen-3")));
  EXPECT_EQ(scenario_.digests(), digests_);
}

TEST_F(Rebuild, KeepsAGenerationThatAFillLeavesAlone) {
  fold_some();
  ASSERT_EQ(scenario_.rebuild().code, 0);
  scenario_.send(filled(play_lines(2000)));
  ASSERT_EQ(scenario_.catch_up({"--bulk-from", "1000"}).code, 0);
  EXPECT_EQ(current(), "gen-3");
  EXPECT_TRUE(fs::exists(in_views("gen-1")));
  EXPECT_FALSE(fs::exists(in_views("gen-2")));  // a part of what took its place
}

TEST_F(Rebuild, IsFollowedByARunThatGoesOn) {
  fold_some();
  ASSERT_EQ(scenario_.rebuild().code, 0);
  const std::string end = scenario_.send(filled(play_lines(100)));
  ASSERT_EQ(scenario_.catch_up().code, 0);
  EXPECT_EQ(scenario_.position(), end);
  ASSERT_EQ(scenario_.catch_up({}, "at-once").code, 0);
  EXPECT_EQ(scenario_.digests(), scenario_.digests("at-once"));
}

TEST_F(Rebuild, WhileARunIsAliveIsFollowedByIt) {
  fold_some();
  Process run(scenario_.run_command());
  ASSERT_TRUE(run.wait_for_error("views"));
  const Finished rebuild = scenario_.rebuild();
  ASSERT_EQ(rebuild.code, 0) << rebuild.err;
  EXPECT_EQ(scenario_.digests(), digests_);
  const std::string end = scenario_.send(filled(play_lines(100)));
  const Finished later =
      scenario_.query({"count", "userContentAudios", "--at-least", end, "--wait", "20s"});
  EXPECT_EQ(later.code, 0) << later.err;
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait(), 0);
}

TEST_F(Rebuild, OfAnEmptyDirectoryIsFive) {
  const Finished rebuild = scenario_.rebuild();
  EXPECT_EQ(rebuild.code, 5);
  EXPECT_THAT(rebuild.err, HasSubstr("ledger-projector run"));
  EXPECT_FALSE(fs::exists(in_views("current")));
}

TEST_F(Rebuild, RepairsAShardWhosePagesAreOverwritten) {
  fold_some();
  const fs::path data = in_views("gen-1/1/data.mdb");
  const auto size = static_cast<std::streamoff>(fs::file_size(data));
  {
    std::fstream file(data, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);  // all but the two meta pages
    file << std::string(static_cast<size_t>(size - 8192), '\xa5');
  }
  EXPECT_NE(scenario_.query({"digest", "--shards"}).code, 0);
  const Finished rebuild = scenario_.rebuild();
  ASSERT_EQ(rebuild.code, 0) << rebuild.err;
  EXPECT_THAT(rebuild.err, HasSubstr("partition 1: nothing to compare with"));
  EXPECT_EQ(scenario_.digests(), digests_);
}

TEST_F(Rebuild, RepairsAShardThatIsGoneAndADirectoryWithoutCurrent) {
  fold_some();
  fs::remove_all(in_views("gen-1/0"));
  ASSERT_EQ(scenario_.rebuild().code, 0);
  EXPECT_EQ(scenario_.digests(), digests_);
  fs::remove(in_views("current"));
  const Finished run = scenario_.catch_up();
  EXPECT_EQ(run.code, 7);
  EXPECT_THAT(run.err, HasSubstr("ledger-projector rebuild --views"));
  ASSERT_EQ(scenario_.rebuild().code, 0);
  EXPECT_EQ(scenario_.catch_up().code, 0);
  EXPECT_EQ(scenario_.digests(), digests_);
}

}  // namespace
}  // namespace ledger::test
