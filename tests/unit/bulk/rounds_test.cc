#include "projector/bulk/rounds.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr Rounds::Layer kFirst{Offset{0}, Offset{90}};
constexpr Rounds::Layer kJoined{Offset{90}, Offset{1000}};

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
  rounds.remove_others();
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

TEST_F(RoundsOfAShard, DroppedPartsAreGone) {
  Rounds rounds(shard());
  write(rounds);
  make(rounds.part().filename());
  make(rounds.part(kFirst).filename());
  rounds.drop_parts();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1"));
}

TEST_F(RoundsOfAShard, EntriesOfARoundThatIsWrittenAreNeverWhole) {
  Rounds rounds(shard());
  EXPECT_EQ(rounds.entries_part(0).filename(), "1.entries-0.part");
  EXPECT_EQ(rounds.entries_part(12).filename(), "1.entries-12.part");
  make(rounds.entries_part(3).filename());
  EXPECT_EQ(Rounds(shard()).newest(), 0);
  EXPECT_FALSE(rounds.has_layers());
}

TEST_F(RoundsOfAShard, EntriesOfARoundGoWithIt) {
  Rounds rounds(shard());
  const auto make_all = [&] {
    make(rounds.entries_part(0).filename());
    make(rounds.entries_part(1).filename());
    make("11.entries-0.part");
    make("1.layer-0-90");
  };
  make_all();
  rounds.drop_parts();
  EXPECT_THAT(names(), UnorderedElementsAre("1.layer-0-90", "11.entries-0.part"));
  make_all();
  rounds.remove_others({kFirst});
  EXPECT_THAT(names(), UnorderedElementsAre("1.layer-0-90", "11.entries-0.part"));
  make_all();
  rounds.settle();
  EXPECT_THAT(names(), UnorderedElementsAre("1.layer-0-90", "11.entries-0.part"));
  make_all();
  write(rounds);
  rounds.remove_others();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1", "11.entries-0.part"));
  make_all();
  rounds.place();
  rounds.settle();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1", "11.entries-0.part"));
}

TEST_F(RoundsOfAShard, LayerIsNamedByItsEvents) {
  const Rounds rounds(shard());
  make(rounds.part(kFirst).filename());
  EXPECT_FALSE(rounds.has_layers());
  rounds.complete(kFirst);
  EXPECT_TRUE(rounds.has_layers());
  EXPECT_THAT(names(), UnorderedElementsAre("1.layer-0-90"));
}

TEST_F(RoundsOfAShard, LayersGoOnFromOneAnotherAndTheLongestCounts) {
  for (const char* name : {"1.layer-0-90", "1.layer-90-100", "1.layer-100-1000", "1.layer-90-1000",
                           "1.layer-1000-1001.part", "1.layer-2000-3000", "1.layer-9-9",
                           "1.layer-90-x", "11.layer-1000-1001"}) {
    make(name);
  }
  const Rounds rounds(shard());
  EXPECT_THAT(rounds.layers(Offset{0}), ElementsAre(kFirst, kJoined));
  EXPECT_THAT(rounds.layers(Offset{100}), ElementsAre(Rounds::Layer{Offset{100}, Offset{1000}}));
  EXPECT_THAT(rounds.layers(Offset{1}), ElementsAre());
  rounds.remove_others({kFirst, kJoined});
  EXPECT_THAT(names(),
              UnorderedElementsAre("1.layer-0-90", "1.layer-90-1000", "11.layer-1000-1001"));
}

TEST_F(RoundsOfAShard, LayersThatWereMergedGoWithTheRoundBefore) {
  Rounds rounds(shard());
  write(rounds);
  make("1.layer-0-90");
  write(rounds);
  rounds.remove_others();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-2"));
}

TEST_F(RoundsOfAShard, SettledLayersStayUnlessTheShardIsPlaced) {
  make("1.round-2");
  make("1.layer-0-90");
  make("1.layer-0-90.part");
  Rounds(shard()).settle();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-2", "1.layer-0-90"));
  make("1");
  Rounds(shard()).settle();
  EXPECT_THAT(names(), UnorderedElementsAre("1.round-1"));
}

}  // namespace
}  // namespace ledger::bulk
