// What another user may do. Root may do everything and proves nothing: as root the reader becomes
// nobody; else it is this user, who is held to the same bits on files of its own.
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/store/toy_ledger.h"

namespace ledger::store {
namespace {

namespace fs = std::filesystem;

constexpr int kBatches = 5;

class Permissions : public testing::Test {
 protected:
  Permissions()
      : log_(temp_.path() / "log" / "0", identity_.log),
        shard_(temp_.path() / "gen-1" / "0", identity_) {
    for (int batch = 0; batch < kBatches; ++batch) toy_batch(log_, shard_);
    for (const fs::path& folder : {temp_.path(), temp_.path() / "log", temp_.path() / "gen-1"}) {
      set(folder, 0555);
    }
    set_all(0555, 0444, 0666);
  }
  ~Permissions() override {
    set(temp_.path(), 0755);
    for (const char* folder : {"log", "gen-1", "log/0", "gen-1/0"}) {
      std::error_code ignored;
      fs::permissions(temp_.path() / folder, fs::perms{0755}, ignored);
    }
  }

  static void set(const fs::path& path, unsigned bits) { fs::permissions(path, fs::perms{bits}); }
  void set_all(unsigned folder, unsigned data, unsigned lock) const {
    for (const char* each : {"log/0", "gen-1/0"}) {
      const fs::path path = temp_.path() / each;
      set(path / "data.mdb", data);
      if (fs::exists(path / "lock.mdb")) set(path / "lock.mdb", lock);
      set(path, folder);
    }
  }
  test::Finished read(const std::string& how) const {
    test::StartOptions options;
    if (geteuid() == 0) options.environment = {"STORE_CHILD_UID=65534"};
    return test::run({test::program("store-child"), how, temp_.path().string()}, {}, options);
  }
  // Expects exit 5 with a message that has `part`.
  static void expect_unavailable(const test::Finished& finished, const std::string& part) {
    EXPECT_EQ(finished.code, 5) << finished.err;
    EXPECT_NE(finished.err.find(part), std::string::npos) << finished.err;
  }

  test::TempDir temp_;
  ShardIdentity identity_ = sample_identity();
  KeptLogWriter log_;  // live all the time
  ShardWriter shard_;
};

TEST_F(Permissions, ReaderOfALiveDirectoryWritesToLockMdbOnly) {
  const test::Finished finished = read("read");
  EXPECT_EQ(finished.code, 0) << finished.err;
  const std::string position = std::to_string(raw(shard_.state().position));
  EXPECT_EQ(finished.out, position + " " + position + "\n");
}

TEST_F(Permissions, ReaderThatMayNotWriteLockMdbIsToldSo) {
  set_all(0555, 0444, 0444);
  expect_unavailable(read("read"), "to write lock.mdb");
}

TEST_F(Permissions, ReaderThatMayNotReadDataMdbIsToldSo) {
  set_all(0555, 0000, 0666);
  expect_unavailable(read("read"), "must be able to read data.mdb");
}

TEST_F(Permissions, ReaderThatMayNotEnterTheFolderIsToldThatItMayBeInvisible) {
  set_all(0000, 0444, 0666);
  expect_unavailable(read("read"), "not visible to this user");
}

TEST_F(Permissions, SealedCopyIsReadFromAReadOnlyDirectoryWithoutLockMdb) {
  const fs::path copy = temp_.path();
  set_all(0755, 0444, 0444);
  for (const char* each : {"log/0/lock.mdb", "gen-1/0/lock.mdb"}) fs::remove(copy / each);
  set_all(0555, 0444, 0444);
  const test::Finished finished = read("read-copy");
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_FALSE(fs::exists(copy / "gen-1/0/lock.mdb"));
  expect_unavailable(read("read"), "lock.mdb");
}

}  // namespace
}  // namespace ledger::store
