#include "projector/bulk/rounds.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

using ::testing::UnorderedElementsAre;

class RoundsOfAShard : public ::testing::Test {
 protected:
  RoundsOfAShard() : folder_(test::memory_directory()) {}

  std::filesystem::path shard() const { return folder_.path() / "1"; }
  void make(const std::string& name) const {
    std::filesystem::create_directories(folder_.path() / name);
    std::ofstream(folder_.path() / name / "data.mdb") << name;
  }
  // Writes the next round as far as complete().
  void write(Rounds& rounds) const {
    make(rounds.part().filename());
    rounds.complete();
  }
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  test::TempDir folder_;
};

TEST_F(RoundsOfAShard, WithoutAnyTheNewestIsZero) { EXPECT_EQ(Rounds(shard()).newest(), 0); }

TEST_F(RoundsOfAShard, CompleteRoundIsNamedAndTheOneBeforeStaysUntilItIsRemoved) {
  Rounds rounds(shard());
  write(rounds);
  write(rounds);
  EXPECT_EQ(rounds.newest(), 2);
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1", "1.round-2"));
  rounds.remove_older();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-2"));
  rounds.place();
  EXPECT_THAT(names(), UnorderedElementsAre("1"));
}

TEST_F(RoundsOfAShard, OneWithoutItsFileIsNeverNamed) {
  Rounds rounds(shard());
  std::filesystem::create_directories(rounds.part());
  EXPECT_THROW(rounds.complete(), Error);
  EXPECT_EQ(Rounds(shard()).newest(), 0);
}

TEST_F(RoundsOfAShard, AreSeenByWhoComesLaterUnlessTheyAreUnfinished) {
  make("1.round-9");
  make("1.round-10");
  make("1.round-11.part");
  make("1.round-x");
  make("11.round-12");
  const Rounds rounds(shard());
  EXPECT_EQ(rounds.newest(), 10);
  EXPECT_EQ(rounds.part().filename(), "1.round-11.part");
}

TEST_F(RoundsOfAShard, SettledAreTheNewestWholeOneAlone) {
  make("1.round-2");
  make("1.round-3");
  make("1.round-4.part");
  make("11.round-1");
  Rounds rounds(shard());
  rounds.settle();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-3", "11.round-1"));
}

TEST_F(RoundsOfAShard, SettledWithoutAWholeOneNothingIsLeft) {
  make("1.round-1.part");
  Rounds(shard()).settle();
  EXPECT_THAT(names(), UnorderedElementsAre());
}

// A power cut may undo the removal of a round, though the placing behind it is durable.
TEST_F(RoundsOfAShard, SettledPlacedShardIsTheNewestRoundWhateverLiesBesideIt) {
  make("1");
  make("1.round-2");
  Rounds rounds(shard());
  rounds.settle();
  EXPECT_EQ(rounds.newest(), 1);
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1"));
  std::string text;
  std::ifstream(rounds.path() / "data.mdb") >> text;
  EXPECT_EQ(text, "1");
}

TEST_F(RoundsOfAShard, DroppedPartIsGone) {
  Rounds rounds(shard());
  write(rounds);
  make(rounds.part().filename());
  rounds.drop_part();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1"));
}

}  // namespace
}  // namespace ledger::bulk
