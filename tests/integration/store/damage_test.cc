// Files that are damaged. LMDB 0.9.24 has no checksums: some damage ends the process with a signal
// (LAYOUT.md, section 9), so each look at it is a process of its own.
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/store/toy_ledger.h"

namespace ledger::store {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPageBytes = 4096;
constexpr int kBatches = 20;
constexpr size_t kMetaPages = 2;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}
void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

class Damage : public testing::Test {
 protected:
  Damage() {
    KeptLogWriter log(temp_.path() / "log" / "0", identity_.log);
    ShardWriter shard(temp_.path() / "gen-1" / "0", identity_);
    for (int batch = 0; batch < kBatches; ++batch) toy_batch(log, shard);
  }
  test::Finished read() const {
    return test::run({test::program("store-child"), "read", temp_.path().string()});
  }
  // Expects that reading ends with `code` and a message that has `part`.
  void expect_fault(int code, const std::string& part) const {
    const test::Finished finished = read();
    EXPECT_EQ(finished.code, code) << finished.err;
    EXPECT_NE(finished.err.find(part), std::string::npos) << finished.err;
  }
  // Each page but the meta pages is overwritten in turn. Returns: how often reading ended how.
  std::map<int, int> damage_each_page(const fs::path& file, char byte) const {
    const std::string sound = bytes_of(file);
    const std::string answer = read().out;
    std::map<int, int> endings;
    for (size_t at = kMetaPages * kPageBytes; at < sound.size(); at += kPageBytes) {
      std::string damaged = sound;
      std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), kPageBytes, byte);
      write_bytes(file, damaged);
      const test::Finished finished = read();
      ++endings[finished.code];
      if (finished.code == 0) {
        EXPECT_EQ(finished.out, answer) << "page " << at / kPageBytes;  // nobody uses it
      } else {
        EXPECT_TRUE(finished.code == 7 || is_crash(finished.code))
            << finished.code << " page " << at / kPageBytes << ": " << finished.err;
      }
    }
    write_bytes(file, sound);
    EXPECT_EQ(read().code, 0);
    return endings;
  }
  // Flips a bit of byte `at` of every `text` in a file; pages that are no longer used have it too.
  static void damage_each(const fs::path& file, const std::string& text, size_t at) {
    std::string bytes = bytes_of(file);
    int found = 0;
    for (size_t i = bytes.find(text); i != std::string::npos; i = bytes.find(text, i + 1)) {
      bytes[i + at] = static_cast<char>(bytes[i + at] ^ 4);
      ++found;
    }
    EXPECT_GT(found, 0);
    write_bytes(file, bytes);
  }
  static bool is_crash(int code) {
    return code == 128 + SIGSEGV || code == 128 + SIGBUS || code == 128 + SIGABRT;
  }

  test::TempDir temp_;
  ShardIdentity identity_ = sample_identity();
  fs::path shard_file() const { return temp_.path() / "gen-1/0/data.mdb"; }
  fs::path log_file() const { return temp_.path() / "log/0/data.mdb"; }
};

TEST_F(Damage, MissingLockMdbIsMadeAnew) {
  fs::remove(temp_.path() / "gen-1/0/lock.mdb");
  fs::remove(temp_.path() / "log/0/lock.mdb");
  EXPECT_EQ(read().code, 0);
  EXPECT_TRUE(fs::exists(temp_.path() / "gen-1/0/lock.mdb"));
}

TEST_F(Damage, GarbageInLockMdbIsReplaced) {
  write_bytes(temp_.path() / "gen-1/0/lock.mdb", std::string(8192, '\x5a'));
  EXPECT_EQ(read().code, 0);
}

TEST_F(Damage, MissingDataMdbIsUnavailable) {
  fs::remove(shard_file());
  expect_fault(5, "nothing to read yet");
}

TEST_F(Damage, EmptyDataMdbIsUnavailable) {
  write_bytes(shard_file(), "");
  expect_fault(5, "cannot open");
}

TEST_F(Damage, GarbageIsAnIntegrityFault) {
  std::mt19937_64 random(1);
  std::string garbage(64 * kPageBytes, '\0');
  for (char& byte : garbage) byte = static_cast<char>(random());
  write_bytes(shard_file(), garbage);
  expect_fault(7, "ledger-projector rebuild");
  write_bytes(shard_file(), "not an LMDB file");
  expect_fault(7, "ledger-projector rebuild");
  write_bytes(log_file(), garbage);
  expect_fault(7, "ledger-projector rebuild");
}

TEST_F(Damage, FileCutInsideItsMetaPagesIsAnIntegrityFault) {
  const std::string sound = bytes_of(shard_file());
  write_bytes(shard_file(), sound.substr(0, 100));
  expect_fault(7, "damaged");
}

TEST_F(Damage, FileCutBehindItsMetaPagesEndsTheReaderWithSigbus) {
  const std::string sound = bytes_of(shard_file());
  write_bytes(shard_file(), sound.substr(0, kMetaPages * kPageBytes));
  EXPECT_EQ(read().code, 128 + SIGBUS);
}

TEST_F(Damage, AnyPageOfAShardIsNoticedOrEndsTheReader) {
  for (const char byte : {'\xff', '\0'}) {
    const std::map<int, int> endings = damage_each_page(shard_file(), byte);
    int noticed = 0;
    for (const auto& [code, times] : endings) noticed += code == 0 ? 0 : times;
    EXPECT_GT(noticed, 10);
  }
}

TEST_F(Damage, AnyPageOfTheKeptLogIsNoticedOrEndsTheReader) {
  const std::map<int, int> endings = damage_each_page(log_file(), '\xff');
  EXPECT_TRUE(endings.contains(7));  // checksums
}

TEST_F(Damage, OneBitOfARecordOrAnImageIsNoticed) {
  const std::string image(60, 'v');  // of a version
  const std::string key = "content 3";
  damage_each(shard_file(), image, 7);
  expect_fault(7, "digests");
  damage_each(shard_file(), image.substr(0, 7) + 'r' + image.substr(8), 7);  // back
  EXPECT_EQ(read().code, 0);
  damage_each(log_file(), key, 4);
  expect_fault(7, "checksum");
}

}  // namespace
}  // namespace ledger::store
