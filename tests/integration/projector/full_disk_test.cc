// A disk that is full while the projector writes: exit 8, nothing lost, readers go on.
#include <gmock/gmock.h>

#include "tests/integration/projector/scenario.h"
#include "tests/support/event/forms.h"
#include "tests/support/small_disk.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Options = std::vector<std::string>;

constexpr int kEvents = 6000;
constexpr size_t kRoomy = size_t{256} << 20;

class FullDisk : public testing::Test {
 protected:
  FullDisk() { end_ = scenario_.send(filled(play_lines(kEvents))); }

  // Folds all elsewhere, with room.
  void fold_undisturbed(const Options& options) const {
    const Finished run = scenario_.catch_up(options, undisturbed_);
    ASSERT_EQ(run.code, 0) << run.err;
  }
  size_t undisturbed_bytes(const std::string& part) const {
    return bytes_on_disk(scenario_.path(undisturbed_ + part));
  }

  void expect_full(const Finished& finished) const {
    EXPECT_EQ(finished.code, 8) << finished.err;
    EXPECT_THAT(finished.err, AllOf(HasSubstr(views_), HasSubstr("free")));
  }

  void expect_answers() const {
    EXPECT_EQ(scenario_.query({"count", "userContentAudios"}, views_).code, 0);
    EXPECT_EQ(scenario_.query({"find", "userContentAudios", "--limit", "3"}, views_).code, 0);
  }

  // Fills `room` bytes by `run` twice; then with space the same command goes on to the end.
  void fill_up_and_go_on(const Options& options, size_t room) const {
    disk_.leave(room);
    for (int attempt = 0; attempt < 2; ++attempt) {
      expect_full(scenario_.catch_up(options, views_));
      EXPECT_EQ(scenario_.run_state(views_).refusal->fault, Fault::kFull);
      expect_answers();
    }
    EXPECT_NE(scenario_.position(views_), end_);
    disk_.leave(kRoomy);
    const Finished rest = scenario_.catch_up(options, views_);
    EXPECT_EQ(rest.code, 0) << rest.err;
    EXPECT_EQ(scenario_.position(views_), end_);
    EXPECT_EQ(scenario_.digests(views_), scenario_.digests(undisturbed_));
  }

  const TempDir folder_{memory_directory()};
  const SmallDisk disk_{folder_.path()};
  const std::string views_ = (folder_.path() / "views").string();
  const std::string undisturbed_ = "undisturbed";
  const Scenario scenario_{BrokerKind::kEmbedded};
  std::string end_;
};

TEST_F(FullDisk, EndsARunByBatchesWhichGoesOnWhenThereIsSpace) {
  const Options by_batches = {"--batch-events", "500"};
  fold_undisturbed(by_batches);
  fill_up_and_go_on(by_batches, undisturbed_bytes("") * 2 / 3);
}

TEST_F(FullDisk, EndsABulkRunThatFetches) {
  const Options in_bulk = {"--bulk-from", "1000", "--batch-events", "500"};
  fold_undisturbed(in_bulk);
  fill_up_and_go_on(in_bulk, undisturbed_bytes("/log") * 2 / 3);
}

TEST_F(FullDisk, EndsABulkRunThatFillsAGeneration) {
  const Options in_bulk = {"--bulk-from", "1000", "--batch-events", "500"};
  fold_undisturbed(in_bulk);
  fill_up_and_go_on(
      in_bulk, undisturbed_bytes("/log") + (undisturbed_bytes("") - undisturbed_bytes("/log")) / 2);
}

// Nobody knows before what an event takes. More partitions: the embedded broker keeps little of
// one.
class FullDiskAtFirstBuild : public FullDisk {
 protected:
  FullDiskAtFirstBuild() { roomy_.send(event::wordy_play_lines(kMoreEvents)); }

  Finished build() const {
    return run(run_command_on(roomy_.ledger().address(), roomy_.ledger().topic(), views_,
                              {"--until-end", "--bulk-from", "1000", "--batch-events", "500"}));
  }
  static constexpr int kMoreEvents = 30'000;
  static constexpr const char* kTold = "filling: the rest of the log needs about";

  const Scenario roomy_{BrokerKind::kEmbedded, 16};
};

TEST_F(FullDiskAtFirstBuild, IsToldOnceAPartOfTheLogHasCome) {
  disk_.leave(kRoomy);
  const Finished whole = build();
  ASSERT_EQ(whole.code, 0) << whole.err;
  EXPECT_THAT(whole.err, Not(HasSubstr(kTold)));
  const size_t all = bytes_on_disk(views_);
  ASSERT_GT(bytes_on_disk(views_ + "/log"), all / 2);
  fs::remove_all(views_);
  disk_.leave(all / 2);
  const Finished full = build();
  expect_full(full);
  if (!disk_.mounted()) return;  // a limit of file sizes says nothing of the room
  EXPECT_THAT(full.err, AllOf(HasSubstr(kTold), HasSubstr(views_ + " has")));
  disk_.leave(kRoomy);
  EXPECT_EQ(build().code, 0);
}

class FullDiskAtRebuild : public FullDisk {
 protected:
  FullDiskAtRebuild() {
    const Finished run = scenario_.catch_up({}, views_);
    EXPECT_EQ(run.code, 0) << run.err;
    digests_ = scenario_.digests(views_);
  }

  std::string digests_;
};

TEST_F(FullDiskAtRebuild, IsSeenBeforeAnythingIsWritten) {
  disk_.leave(bytes_on_disk(views_ + "/gen-1") / 2);
  const Finished rebuild = scenario_.rebuild({}, views_);
  if (disk_.mounted()) expect_full(rebuild);  // a limit of file sizes says nothing of the room
  expect_answers();
  EXPECT_EQ(scenario_.digests(views_), digests_);
  disk_.leave(kRoomy);
  ASSERT_EQ(scenario_.rebuild({}, views_).code, 0);
  EXPECT_EQ(scenario_.digests(views_), digests_);
}

// Without a live generation nobody knows what the new one will need.
TEST_F(FullDiskAtRebuild, InTheMiddleOfTheBuildLeavesTheKeptLogAsItIs) {
  fs::remove(views_ + "/current");
  fs::remove_all(views_ + "/gen-1");
  const size_t kept = bytes_on_disk(views_);
  disk_.leave(kept / 2);
  for (int attempt = 0; attempt < 2; ++attempt) {
    expect_full(scenario_.rebuild({}, views_));
    EXPECT_EQ(bytes_on_disk(views_), kept);
  }
  disk_.leave(kRoomy);
  ASSERT_EQ(scenario_.rebuild({}, views_).code, 0);
  EXPECT_EQ(scenario_.digests(views_), digests_);
}

}  // namespace
}  // namespace ledger::test
