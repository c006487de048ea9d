#include "schemas/store/directory.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace {
long pretended_file_system = 0;  // 0: the real one
}

// The linker puts this in the place of statfs: a test has no network file system at hand.
extern "C" int __real_statfs(const char* path, struct statfs* info);
extern "C" int __wrap_statfs(const char* path, struct statfs* info);
extern "C" int __wrap_statfs(const char* path, struct statfs* info) {
  const int code = __real_statfs(path, info);
  if (pretended_file_system != 0) info->f_type = pretended_file_system;
  return code;
}

namespace ledger::store {
namespace {

namespace fs = std::filesystem;

class Directory : public testing::Test {
 protected:
  Directory() : root_(temp_.path() / "a" / "views"), directory_(root_) {}
  ~Directory() override { pretended_file_system = 0; }

  void make_generation(uint32_t number, int partitions) const {
    for (int partition = 0; partition < partitions; ++partition) {
      const fs::path shard = directory_.shard(Generation{number}, Partition{partition});
      fs::create_directories(shard);
      std::ofstream(shard / "data.mdb") << "x";
    }
  }
  std::optional<Error> current_error() const {
    return error_of([&] { directory_.current(); });
  }

  test::TempDir temp_;
  fs::path root_;
  ViewDirectory directory_;
};

TEST_F(Directory, NamesEveryPathUnderItsRoot) {
  EXPECT_EQ(directory_.log(Partition{3}), root_ / "log" / "3");
  EXPECT_EQ(directory_.generation(Generation{12}), root_ / "gen-12");
  EXPECT_EQ(directory_.shard(Generation{12}, Partition{3}), root_ / "gen-12" / "3");
  EXPECT_EQ(directory_.run_json(), root_ / "run.json");
}

TEST_F(Directory, TouchesNothingUntilItIsCreated) {
  EXPECT_FALSE(fs::exists(root_));
  EXPECT_EQ(directory_.current(), std::nullopt);
  EXPECT_TRUE(directory_.generations().empty());
  EXPECT_TRUE(directory_.log_partitions().empty());
  directory_.create();
  EXPECT_TRUE(fs::is_directory(root_ / "log"));
  EXPECT_EQ(directory_.current(), std::nullopt);
  EXPECT_NO_THROW(directory_.create());
}

TEST_F(Directory, CreateUnderAFileIsUnavailable) {
  std::ofstream(temp_.path() / "a") << "a file";
  EXPECT_EQ(fault_of([&] { directory_.create(); }), Fault::kUnavailable);
}

TEST_F(Directory, PublishMakesAGenerationTheLiveOne) {
  directory_.create();
  make_generation(1, 2);
  make_generation(2, 2);
  directory_.publish(Generation{1});
  EXPECT_EQ(directory_.current(), Generation{1});
  directory_.publish(Generation{2});
  EXPECT_EQ(directory_.current(), Generation{2});
  EXPECT_EQ(fs::read_symlink(root_ / "current"), "gen-2");  // relative: a directory can be moved
  EXPECT_FALSE(fs::exists(fs::symlink_status(root_ / "current.new")));
}

TEST_F(Directory, PublishGoesOnAfterOneThatDiedBeforeItsRename) {
  directory_.create();
  make_generation(1, 1);
  fs::create_symlink("gen-7", root_ / "current.new");
  directory_.publish(Generation{1});
  EXPECT_EQ(directory_.current(), Generation{1});
}

TEST_F(Directory, PublishOfAGenerationThatIsNotThereLeavesTheLiveOne) {
  directory_.create();
  make_generation(1, 1);
  directory_.publish(Generation{1});
  EXPECT_EQ(fault_of([&] { directory_.publish(Generation{2}); }), Fault::kUnavailable);
  EXPECT_EQ(directory_.current(), Generation{1});
}

TEST_F(Directory, ListsGenerationsAndPartitionsByNumberAndNothingElse) {
  directory_.create();
  for (const uint32_t number : {10U, 2U, 1U}) make_generation(number, 11);
  for (const char* other : {"gen-", "gen-x", "gen-03", "gen-4.old", "gen--1", "generation-5"}) {
    fs::create_directories(root_ / other);
  }
  std::ofstream(root_ / "gen-6") << "a file";
  fs::create_directories(root_ / "gen-1" / "011");
  std::ofstream(root_ / "gen-1" / "manifest") << "a file";
  EXPECT_EQ(directory_.generations(), (std::vector{Generation{1}, Generation{2}, Generation{10}}));
  const std::vector<Partition> partitions = directory_.partitions(Generation{1});
  ASSERT_EQ(partitions.size(), 11U);
  for (size_t i = 0; i < partitions.size(); ++i) {
    EXPECT_EQ(partitions[i], Partition{static_cast<int32_t>(i)});
  }
  fs::create_directories(directory_.log(Partition{2}));
  fs::create_directories(directory_.log(Partition{10}));
  EXPECT_EQ(directory_.log_partitions(), (std::vector{Partition{2}, Partition{10}}));
}

TEST_F(Directory, RemovedGenerationIsGone) {
  directory_.create();
  make_generation(1, 2);
  make_generation(2, 2);
  directory_.remove_generation(Generation{1});
  EXPECT_EQ(directory_.generations(), std::vector{Generation{2}});
}

TEST_F(Directory, CurrentThatNamesNoGenerationIsAnIntegrityFault) {
  directory_.create();
  for (const char* target : {"gen-9", "gen-01", "elsewhere", "/"}) {
    fs::create_symlink(target, root_ / "current");
    const auto error = current_error();
    ASSERT_TRUE(error) << target;
    EXPECT_EQ(error->fault(), Fault::kIntegrity);
    EXPECT_NE(std::string(error->what()).find(target), std::string::npos) << error->what();
    fs::remove(root_ / "current");
  }
  fs::create_directories(root_ / "current");
  ASSERT_TRUE(current_error());
  EXPECT_EQ(current_error()->fault(), Fault::kIntegrity);
}

TEST_F(Directory, CurrentIsNeverWrongWhileGenerationsAreReplacedAndRemoved) {
  directory_.create();
  make_generation(1, 1);
  directory_.publish(Generation{1});
  std::atomic<bool> done = false;
  std::thread publisher([&] {
    for (uint32_t number = 2; number < 60; ++number) {
      make_generation(number, 1);
      directory_.publish(Generation{number});
      directory_.remove_generation(Generation{number - 1});
    }
    done = true;
  });
  uint32_t last = 1;
  while (!done) {
    std::optional<Generation> seen;
    EXPECT_EQ(message_of([&] { seen = directory_.current(); }), "");
    if (!seen) break;
    EXPECT_GE(raw(*seen), last);
    last = raw(*seen);
  }
  publisher.join();
  EXPECT_EQ(directory_.current(), Generation{59});
}

TEST_F(Directory, NetworkFileSystemsAreRefused) {
  for (const long magic : {long{NFS_SUPER_MAGIC}, long{SMB_SUPER_MAGIC}, 0xFF534D42L, 0xFE534D42L,
                           long{AFS_SUPER_MAGIC}, long{CODA_SUPER_MAGIC}}) {
    pretended_file_system = magic;
    const auto error = error_of([&] { ViewDirectory{root_}; });
    ASSERT_TRUE(error) << magic;
    EXPECT_EQ(error->fault(), Fault::kUnavailable);
    EXPECT_NE(std::string(error->what()).find(root_.string()), std::string::npos);
  }
  pretended_file_system = EXT4_SUPER_MAGIC;
  EXPECT_NO_THROW(ViewDirectory{root_});
}

TEST_F(Directory, LockIsHeldByOneAndNamesItsHolder) {
  directory_.create();
  const fs::path path = root_ / "writer.lock";
  {
    const FileLock held(path, "run");
    const auto error = error_of([&] { FileLock(path, "rebuild"); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->fault(), Fault::kUnavailable);
    const std::string message = error->what();
    EXPECT_EQ(message.find("rebuild: "), 0U) << message;
    EXPECT_NE(message.find("process " + std::to_string(getpid()) + ";"), std::string::npos)
        << message;
  }
  EXPECT_NO_THROW(FileLock(path, "rebuild"));  // its end frees it, the file stays
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(Directory, LockIsTriedWithoutAnError) {
  directory_.create();
  const auto held = FileLock::try_take(directory_.build_lock());
  ASSERT_TRUE(held);
  EXPECT_FALSE(FileLock::try_take(directory_.build_lock()));
  EXPECT_TRUE(FileLock::try_take(directory_.writer_lock()));
}

TEST_F(Directory, HandoverIsThereFromTheQuestionToItsRemoval) {
  directory_.create();
  EXPECT_NO_THROW(directory_.remove_handover());
  directory_.ask_for_handover();
  directory_.ask_for_handover();
  EXPECT_TRUE(fs::exists(root_ / "handover"));
  directory_.remove_handover();
  EXPECT_FALSE(fs::exists(root_ / "handover"));
}

TEST_F(Directory, LockOfALongerPidIsWrittenOver) {
  directory_.create();
  const fs::path path = root_ / "writer.lock";
  std::ofstream(path) << "123456789012345";
  const FileLock held(path, "run");
  std::string text;
  std::ifstream(path) >> text;
  EXPECT_EQ(text, std::to_string(getpid()));
}

TEST_F(Directory, LockInAMissingFolderIsUnavailable) {
  EXPECT_EQ(fault_of([&] { FileLock(root_ / "writer.lock", "run"); }), Fault::kUnavailable);
}

TEST_F(Directory, FsyncOfAMissingPathIsUnavailable) {
  EXPECT_EQ(fault_of([&] { fsync_path(root_ / "missing"); }), Fault::kUnavailable);
  EXPECT_NO_THROW(fsync_path(temp_.path()));
}

}  // namespace
}  // namespace ledger::store
