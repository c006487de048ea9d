// Directories that are not there yet, are damaged or of another format; outputs that end early;
// other users.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "schemas/store/layout.h"
#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

const std::vector<Arguments> kEveryCommand = {{"get", "contentAudios", "a"},
                                              {"find", "contentAudios"},
                                              {"count", "contentAudios"},
                                              {"history", "contentAudios", "a"},
                                              {"event", "0:1"},
                                              {"events"},
                                              {"anomalies"},
                                              {"quarantine"},
                                              {"digest"},
                                              {"indexes"},
                                              {"status"}};

std::string read_file(const fs::path& path) {
  std::string bytes(fs::file_size(path), '\0');
  std::ifstream(path, std::ios::binary).read(bytes.data(), std::ssize(bytes));
  return bytes;
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), std::ssize(bytes));
}

class Directory : public World {
 protected:
  void expect_all(int code, const std::string& said) const {
    for (const Arguments& each : kEveryCommand) {
      const Finished finished = query(each);
      EXPECT_EQ(finished.code, code) << each[0] << ": " << finished.err;
      EXPECT_THAT(finished.err, HasSubstr(said)) << each[0];
      EXPECT_EQ(finished.out, "") << each[0];
    }
  }
};

TEST_F(Directory, NoViewsYetAreFive) {
  expect_all(5, "ledger-projector run");
  fs::create_directories(directory());
  expect_all(5, "ledger-projector run");
}

TEST_F(Directory, AFileInItsPlaceIsFive) {
  write_file(directory(), "text");
  expect_all(5, directory());
}

// A world whose writer is gone, so that its files can be changed.
class ClosedDirectory : public Directory {
 protected:
  ClosedDirectory() {
    Library library(lines);
    testing::BuiltViews built(directory(), setup_);
    built.add_all(joined(library.events));
    built.commit();
  }
  fs::path shard_file(int partition) const {
    return fs::path(directory()) / "gen-1" / std::to_string(partition) / "data.mdb";
  }
};

TEST_F(ClosedDirectory, ADamagedShardIsSeven) {
  write_file(shard_file(1), std::string(100'000, 'x'));
  expect_all(7, "ledger-projector rebuild");
}

// LMDB looks at the number of keys of a branch by an assertion.
TEST_F(ClosedDirectory, APageThatLmdbAssertsNotToBeIsSeven) {
  constexpr size_t kPageBytes = 4096;
  constexpr size_t kMetaPages = 2;
  constexpr size_t kFlagsAt = 10;
  constexpr size_t kLowerAt = 12;
  constexpr char kBranch = 1;
  constexpr char kLeaf = 2;
  constexpr char kLowerOfOneKey = 18;
  std::string bytes = read_file(shard_file(0));
  for (size_t at = kMetaPages * kPageBytes; at < bytes.size(); at += kPageBytes) {
    if (bytes[at + kFlagsAt] != kLeaf) continue;
    bytes[at + kFlagsAt] = kBranch;
    bytes[at + kLowerAt] = kLowerOfOneKey;
    bytes[at + kLowerAt + 1] = 0;
  }
  write_file(shard_file(0), bytes);
  expect_all(7, "cannot read: " + shard_file(0).parent_path().string());
  expect_all(7, "Assertion '");
  expect_all(7, "ledger-projector rebuild");
}

TEST_F(ClosedDirectory, ACutShardIsSeven) {
  fs::resize_file(shard_file(0), 100);
  expect_all(7, "ledger-projector rebuild");
}

TEST_F(ClosedDirectory, ViewsOfAnotherFormatVersionAreSix) {
  std::string bytes = read_file(shard_file(0));
  const auto other = static_cast<char>(store::kFormatVersion + 1);
  std::string identity(1, static_cast<char>(store::kFormatVersion));
  identity.append(setup_.ledger_id.begin(), setup_.ledger_id.end());
  size_t changed = 0;
  for (size_t at = bytes.find(identity); at != std::string::npos;
       at = bytes.find(identity, at + 1)) {
    bytes[at] = other;
    ++changed;
  }
  ASSERT_GT(changed, 0U);
  write_file(shard_file(0), bytes);
  expect_all(6, fmt::format("format version is stored {}, expected {}", store::kFormatVersion + 1,
                            store::kFormatVersion));
}

TEST_F(ClosedDirectory, AMissingShardIsFive) {
  fs::remove_all(shard_file(1).parent_path());
  expect_all(5, "1 of 2 shards");
}

TEST_F(ClosedDirectory, AShardOfAnotherLedgerIsSix) {
  testing::ViewsSetup other = setup_;
  other.ledger_id[0] = 0x55;
  const fs::path folder = folder_.path() / "other";
  { testing::BuiltViews built(folder, other); }
  fs::copy_file(folder / "gen-1" / "1" / "data.mdb", shard_file(1),
                fs::copy_options::overwrite_existing);
  expect_all(6, "two ledgers");
}

TEST_F(ClosedDirectory, CurrentThatNamesNothingIsAnError) {
  fs::remove(fs::path(directory()) / "current");
  fs::create_symlink("nowhere", fs::path(directory()) / "current");
  expect_all(7, "nowhere");
}

// As another user when the tests run as root: root passes every permission.
class OtherUser : public ClosedDirectory {
 protected:
  OtherUser() {
    fs::permissions(folder_.path(), fs::perms(0755));
    fs::copy_file(program("ledger-query"), folder_.path() / "ledger-query");
    for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
      if (each.is_symlink()) continue;
      const bool runs = each.is_directory() || each.path().filename() == "ledger-query";
      fs::permissions(each.path(), fs::perms(runs ? 0555 : 0444));
    }
    if (::geteuid() == 0) {
      as_other = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
    }
  }
  ~OtherUser() override {
    for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
      if (each.is_directory()) fs::permissions(each.path(), fs::perms(0755));
    }
  }
  void set_locks(fs::perms permissions) {
    for (const auto& each : fs::recursive_directory_iterator(directory())) {
      if (each.path().filename() == "lock.mdb") fs::permissions(each.path(), permissions);
    }
  }
  Finished as_other_user(Arguments arguments) const {
    Arguments all = as_other;
    all.push_back((folder_.path() / "ledger-query").string());
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.insert(all.end(), {"--views", directory()});
    return run(all);
  }
  std::vector<std::string> as_other;
};

TEST_F(OtherUser, ReadsWithWritePermissionOnTheLockOnly) {
  set_locks(fs::perms(0666));
  for (const Arguments& each : kEveryCommand) {
    const Finished own = query(each);
    const Finished other = as_other_user(each);
    EXPECT_EQ(other.code, own.code) << each[0] << other.err;
    EXPECT_EQ(other.out, own.out) << each[0];
  }
  EXPECT_EQ(lines_of(as_other_user({"find", "contentAudios"}).out).size(), 24U);
}

TEST_F(OtherUser, WithoutItIsToldSo) {
  const Finished refused = as_other_user({"find", "contentAudios"});
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("lock.mdb"));
}

class Outputs : public LibraryWorld {};

TEST_F(Outputs, AReaderThatGoesAwayEndsItQuietly) {
  for (int i = 0; i < 2000; ++i) add(lines.play(kT0 + 90'000 + i, "u", "a", "c"));
  views().commit();
  std::vector<std::string> shell = {"sh", "-c", "(\"$@\"; echo code $? >&2) | head -n 1", "sh"};
  for (const std::string& each : argv({"events"})) shell.push_back(each);
  const Finished finished = run(shell);
  EXPECT_EQ(lines_of(finished.out).size(), 1U);
  EXPECT_EQ(finished.err, "code 5\n");
}

TEST_F(Outputs, AFullDiskIsEight) {
  for (const char* format : {"ndjson", "json", "csv", "table"}) {
    const Finished finished =
        query({"find", "contentAudios", "-o", format}, {.stdout_file = "/dev/full"});
    EXPECT_EQ(finished.code, 8) << format;
    EXPECT_THAT(finished.err, HasSubstr("free space")) << format;
  }
}

TEST_F(Outputs, QuietLeavesErrorsOnly) {
  EXPECT_EQ(query({"find", "contentAudios", "-q"}).err, "");
  EXPECT_NE(query({"get", "contentAudios", "absent", "-q"}).err, "");
}

}  // namespace
}  // namespace ledger::test
