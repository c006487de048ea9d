// P1 and P3 by the programs: equal digests however a shard was made, and after the same file twice.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/broker.h"
#include "tests/support/generated.h"
#include "tests/support/process.h"

namespace ledger::test {
namespace {

enum class Damage : uint8_t { kCutInTheFirstPages, kNoDatabase, kGarbage };

void inflict(Damage damage, const std::filesystem::path& data) {
  if (damage == Damage::kCutInTheFirstPages) {
    std::filesystem::resize_file(data, 6000);
    return;
  }
  std::fstream file(data, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<size_t>(std::filesystem::file_size(data));
  const size_t from = damage == Damage::kNoDatabase ? 0 : 8192;  // behind both meta pages
  const std::string bytes(size - from, damage == Damage::kNoDatabase ? 'x' : '\xA5');
  file.seekp(static_cast<std::streamoff>(from));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good());
}

class EqualShards : public testing::Test {
 protected:
  static constexpr int kPartitions = 3;

  EqualShards() : broker_(kPartitions) {
    events_ = with_seed("42");
    send();
  }

  static std::string with_seed(const std::string& seed) {
    return generated({"--events", "4000", "--seed", seed});
  }

  void send() const { broker_.send(events_); }

  // Folds to the end into `name`. Returns: the digest of each view of each shard.
  std::string fold(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> argv = {
        program("ledger-projector"), "run",     "--until-end", "-q", "--brokers",
        broker_.address(),           "--views", views(name)};
    argv.insert(argv.end(), more.begin(), more.end());
    const Finished folded = run(argv);
    EXPECT_EQ(folded.code, 0) << folded.err;
    return digests(name);
  }

  std::string digests(const std::string& name) const {
    const Finished digest = run(
        {program("ledger-query"), "digest", "--shards", "-o", "ndjson", "--views", views(name)});
    EXPECT_EQ(digest.code, 0) << digest.err;
    EXPECT_GT(lines_of(digest.out).size(), static_cast<size_t>(kPartitions));
    return digest.out;
  }

  std::string views(const std::string& name) const { return (folder_.path() / name).string(); }

  EmbeddedBroker broker_;
  std::string events_;
  TempDir folder_{memory_directory()};
};

TEST_F(EqualShards, ForEveryBatchSizeAndNumberOfThreadsAndRebuilt) {
  const std::string whole = fold("whole", {"--batch-events", "1000000"});
  EXPECT_EQ(fold("ones", {"--batch-events", "1"}), whole);
  EXPECT_EQ(fold("sevens", {"--batch-events", "7", "--threads", "1"}), whole);
  EXPECT_EQ(fold("thousands", {"--batch-events", "1000", "--threads", "2"}), whole);
  const Finished rebuilt =
      run({program("ledger-projector"), "rebuild", "--views", views("sevens"), "-q"});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_EQ(digests("sevens"), whole);
}

TEST_F(EqualShards, ForTheBulkPathOnAnEmptyDirectoryAndOnTopOfAnOlderGeneration) {
  const std::vector<std::string> bulk = {"--bulk-from", "100"};
  fold("old", {});
  events_ = with_seed("7");
  send();
  const std::string live = fold("live", {});
  EXPECT_EQ(fold("empty", bulk), live);
  EXPECT_EQ(fold("old", bulk), live);
  for (const std::string name : {"empty", "old"}) {
    EXPECT_EQ(std::filesystem::read_symlink(views(name) + "/current"), "gen-2");
    EXPECT_FALSE(std::filesystem::exists(views(name) + "/gen-1"));
  }
}

TEST_F(EqualShards, AndTheSameFileTwiceChangesNoView) {
  const std::string once = fold("views", {});
  send();
  EXPECT_EQ(fold("views", {}), once);
  const Finished status =
      run({program("ledger-query"), "status", "-o", "ndjson", "--views", views("views")});
  EXPECT_NE(status.out.find("\"duplicates\":4000"), std::string::npos) << status.out;
}

TEST_F(EqualShards, AndAfterAFirstStartThatDied) {
  const std::string whole = fold("whole", {});
  std::filesystem::create_directories(views("no_file") + "/log/0");
  EXPECT_EQ(fold("no_file", {}), whole);
  std::filesystem::create_directories(views("empty_file") + "/log/0");
  std::ofstream(views("empty_file") + "/log/0/data.mdb");
  EXPECT_EQ(fold("empty_file", {}), whole);
}

// P8. What is found by reading alone; a shard whose damage nothing has met yet is rebuilt as well.
TEST_F(EqualShards, AndADamagedOneIsRepairedByRebuild) {
  const std::string whole = fold("views", {});
  for (const Damage damage : {Damage::kCutInTheFirstPages, Damage::kNoDatabase, Damage::kGarbage}) {
    const auto data = std::filesystem::canonical(views("views") + "/current") / "1" / "data.mdb";
    inflict(damage, data);
    const Finished rebuilt =
        run({program("ledger-projector"), "rebuild", "-q", "--views", views("views")});
    ASSERT_EQ(rebuilt.code, 0) << rebuilt.err;
    EXPECT_EQ(digests("views"), whole);
  }
}

TEST_F(EqualShards, AndACutOneEndsAReaderWithSeven) {
  fold("views", {});
  inflict(Damage::kCutInTheFirstPages, views("views") + "/gen-1/1/data.mdb");
  const Finished find =
      run({program("ledger-query"), "find", "contentAudios", "--views", views("views")});
  EXPECT_EQ(find.code, 7);
  EXPECT_NE(find.err.find("ledger-projector rebuild"), std::string::npos) << find.err;
}

}  // namespace
}  // namespace ledger::test
