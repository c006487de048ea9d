// A disk that is full in the middle of a batch.
#include <gtest/gtest.h>

#include "schemas/store/fill.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/store/in_child.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/store/toy_ledger.h"

namespace ledger::store {
namespace {

using test::SmallDisk;

constexpr size_t kDiskBytes = 3 << 20;
constexpr size_t kFreedBytes = 1 << 20;
constexpr int kBatchesMax = 5000;

class FullDisk : public testing::Test {
 protected:
  // Batches until the disk is full. Returns: the message of the fault.
  std::string fill() const {
    KeptLogWriter log(log_path(), identity_.log);
    ShardWriter shard(shard_path(), identity_);
    const auto error = error_of([&] {
      toy_catch_up(log, shard);
      for (int batch = 0; batch < kBatchesMax; ++batch) toy_batch(log, shard);
    });
    if (!error) return "";
    EXPECT_EQ(error->fault(), Fault::kFull) << error->what();
    return error->what();
  }

  // Returns: the position; both environments stand at whole batches.
  Offset check() const {
    const KeptLogReader log(log_path());
    const ShardReader shard(shard_path());
    const Offset position = shard.state().position;
    ToyTwin twin;
    for (Offset offset{0}; offset < position; offset = next(offset)) toy_fold(offset, twin);
    EXPECT_EQ(shard.state().digests, twin.digests(identity_.declarations));
    EXPECT_EQ(scanned_digests(shard), shard.state().digests);
    ChainHash chain{};
    log.scan(Offset{0}, log.end(), [&](const KeptEvent& event) {
      chain = chain_next(chain, event);
      return true;
    });
    EXPECT_EQ(log.chain_head(), chain);
    EXPECT_TRUE(log.end() == position || log.end() == toy_batch_end(position))
        << raw(log.end()) << " " << raw(position);
    return position;
  }

  void fill_twice_and_go_on(SmallDisk::Kind kind) const {
    const SmallDisk disk(temp_.path(), kind);
    disk.leave(kDiskBytes);
    const std::string message = fill();
    EXPECT_NE(message.find("free disk space"), std::string::npos) << message;
    const Offset full = check();
    EXPECT_GT(full, Offset{0});
    EXPECT_NE(fill(), "");  // still full: nothing is lost by trying
    EXPECT_EQ(check(), full);
    disk.leave(kFreedBytes);
    EXPECT_NE(fill(), "");
    EXPECT_GT(check(), full);
  }

  // Appends until the disk is full. Returns: the end.
  Offset fill_the_log() const {
    KeptLogWriter log(log_path(), identity_.log);
    const auto error = error_of([&] {
      for (;;) log.append(kept(toy_events(log.end(), toy_batch_end(log.end()))));
    });
    EXPECT_EQ(error->fault(), Fault::kFull) << error->what();
    return log.end();
  }

  void fill_the_log_and_go_on() const {
    const SmallDisk disk(temp_.path());
    disk.leave(kDiskBytes);
    const Offset full = fill_the_log();
    EXPECT_EQ(KeptLogReader(log_path()).end(), full);
    EXPECT_EQ(fill_the_log(), full);
    disk.leave(kFreedBytes);
    EXPECT_GT(fill_the_log(), full);
  }

  void begin_without_space() const {
    const SmallDisk disk(temp_.path());
    disk.leave(0);
    EXPECT_EQ(fault_of([&] { ShardWriter(shard_path(), identity_); }), Fault::kFull);
    EXPECT_EQ(fault_of([&] { ShardReader{shard_path()}; }), Fault::kUnavailable);
    disk.leave(kDiskBytes);
    { const ShardWriter shard(shard_path(), identity_); }
    EXPECT_NO_THROW(ShardReader{shard_path()});
  }

  // Entries of 100 KiB into a new shard, as the bulk path writes. Returns: the fault it ends with.
  Fault fill_a_shard(int entries) const {
    ShardFill fill(shard_path(), identity_);
    return fault_of([&] {
      fill.begin(View::kVersions, {});
      for (int i = 0; i < entries; ++i)
        fill.append(offset_key(Offset{i}), std::string(100'000, 'v'));
      fill.finish({});
    });
  }

  void fill_a_shard_too_large() const {
    const SmallDisk disk(temp_.path());
    disk.leave(kDiskBytes);
    for (const int entries : {40, 600}) {  // more than fits: in the last write, and on the way
      EXPECT_EQ(fill_a_shard(entries), Fault::kFull);
      EXPECT_EQ(fault_of([&] { ShardReader{shard_path()}; }), Fault::kUnavailable);
      std::filesystem::remove_all(shard_path());
    }
    EXPECT_EQ(fill_a_shard(10), Fault::kNone);
    EXPECT_EQ(ShardReader(shard_path()).entries(View::kVersions), 10U);
  }

  std::filesystem::path log_path() const { return temp_.path() / "log" / "0"; }
  std::filesystem::path shard_path() const { return temp_.path() / "gen-1" / "0"; }

  test::TempDir temp_{test::memory_directory()};
  ShardIdentity identity_ = sample_identity();
};

TEST_F(FullDisk, KeepsWhatWasCommittedAndGoesOnWhenThereIsSpace) {
  EXPECT_EQ(in_child([this] { fill_twice_and_go_on(SmallDisk::Kind::kDisk); }), 0);
}

TEST_F(FullDisk, FileSizeLimitIsAFullDiskToo) {
  EXPECT_EQ(in_child([this] { fill_twice_and_go_on(SmallDisk::Kind::kFileSize); }), 0);
}

TEST_F(FullDisk, KeptLogAloneFillsUpAndGoesOn) {
  EXPECT_EQ(in_child([this] { fill_the_log_and_go_on(); }), 0);
}

TEST_F(FullDisk, ShardThatIsFilledInBulkIsStillBeingMade) {
  EXPECT_EQ(in_child([this] { fill_a_shard_too_large(); }), 0);
}

TEST_F(FullDisk, DirectoryThatFitsNothingIsFullAndIsMadeLater) {
  EXPECT_EQ(in_child([this] { begin_without_space(); }), 0);
}

}  // namespace
}  // namespace ledger::store
