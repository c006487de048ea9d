#include "projector/run/opening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/fold/fold.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::run {
namespace {

namespace fs = std::filesystem;
using store::error_of;
using testing::HasSubstr;

constexpr store::Generation kFirst{1};

class Opening : public testing::Test {
 protected:
  Opening() {
    directory_.create();
    log_.partition_count = 2;
  }
  auto open() const { return open_shards(directory_, log_, {}); }

  test::TempDir temp_{test::memory_directory()};
  const store::ViewDirectory directory_{temp_.path()};
  store::LogIdentity log_ = store::sample_identity().log;
};

TEST_F(Opening, EmptyDirectoryIsNobodys) { EXPECT_EQ(stored_identity(directory_), std::nullopt); }

TEST_F(Opening, FirstStartMakesAndPublishesGenerationOne) {
  const auto shards = open();
  ASSERT_EQ(shards.size(), 2U);
  EXPECT_EQ(shards[0]->partition(), Partition{0});
  EXPECT_EQ(shards[1]->partition(), Partition{1});
  EXPECT_EQ(shards[1]->position(), Offset{0});
  EXPECT_EQ(directory_.current(), kFirst);
}

TEST_F(Opening, DirectoryIsOfTheLogThatItsLiveGenerationIsOf) {
  open();
  EXPECT_EQ(stored_identity(directory_), log_);
}

TEST_F(Opening, DirectoryWithoutALiveGenerationIsOfTheLogThatItKept) {
  open();
  fs::remove(directory_.root() / "current");
  EXPECT_EQ(stored_identity(directory_), log_);
}

TEST_F(Opening, FolderOfAFirstStartThatDiedSaysNothing) {
  fs::create_directories(directory_.log(Partition{0}));
  EXPECT_EQ(stored_identity(directory_), std::nullopt);
}

TEST_F(Opening, FirstStartThatDiedBeforeItPublishedIsGoneOnWith) {
  open();
  fs::remove(directory_.root() / "current");
  EXPECT_EQ(open().size(), 2U);
  EXPECT_EQ(directory_.current(), kFirst);
}

TEST_F(Opening, LaterGenerationsWithoutALiveOneAreRefusedWithTheRemedy) {
  fs::create_directories(directory_.shard(store::Generation{2}, Partition{0}));
  const auto error = error_of([&] { open(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), Fault::kIntegrity);
  EXPECT_THAT(error->what(),
              HasSubstr("ledger-projector rebuild --views " + temp_.path().string()));
  EXPECT_TRUE(directory_.log_partitions().empty());
}

TEST_F(Opening, ShardsOfAnotherLogAreRefused) {
  open();
  log_.topic = "another";
  EXPECT_EQ(error_of([&] { open(); })->fault(), Fault::kIncompatible);
}

TEST_F(Opening, ShardIsOfThisBuildsFoldAndDeclarations) {
  const auto declarations = index::load_declarations();
  const store::ShardIdentity identity = identity_of(log_, declarations);
  EXPECT_EQ(identity.log, log_);
  EXPECT_EQ(identity.fold_version, fold::kFoldVersion);
  EXPECT_EQ(identity.declarations, declarations);
}

}  // namespace
}  // namespace ledger::run
