// kill -9 of a process that appends to the kept log and commits to the shard.
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/crash/kills.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/store/toy_ledger.h"

namespace ledger::store {
namespace {

constexpr int kShare = 3;  // of LEDGER_KILLS, which all crash tests share
constexpr uint64_t kRunMaxUs = 60000;
constexpr uint64_t kBirthMaxUs = 8000;

class Kill : public testing::Test {
 protected:
  // Runs the writer and kills it `delay_us` after its first commit, or after its start.
  // Returns: the last position that it said was committed.
  int64_t run_and_kill(uint64_t delay_us, bool after_commit) {
    test::Process child({test::program("store-child"), "write", temp_.path().string()});
    int64_t told = 0;
    const auto take = [&](const std::optional<std::string>& line) {
      if (line) told = std::strtoll(line->c_str(), nullptr, 10);
      return line.has_value();
    };
    if (after_commit) {
      EXPECT_TRUE(take(child.read_line())) << child.rest_of_stderr();
    }
    std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
    child.signal(SIGKILL);
    EXPECT_EQ(child.wait(), test::kKilled) << child.rest_of_stderr();
    while (take(child.read_line(std::chrono::milliseconds(0)))) {
    }
    return told;
  }

  // Everything that must hold of what lies there. Returns: the position.
  Offset check(int64_t told) {
    const std::optional<KeptLogReader> log = kept_log();
    const Offset end = log ? log->end() : Offset{0};
    if (log) check_log(*log);
    Offset position{0};
    try {
      const ShardReader shard(temp_.path() / "gen-1" / "0");
      position = shard.state().position;
      check_shard(shard);
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kUnavailable) << error.what();  // died before it was made
    }
    EXPECT_GE(raw(position), told);  // what it had committed is there
    EXPECT_TRUE(is_batch_end(position)) << raw(position);
    EXPECT_TRUE(end == position || end == toy_batch_end(position))
        << "kept log " << raw(end) << ", shard " << raw(position);
    return position;
  }

  std::filesystem::path directory() const { return temp_.path(); }

 private:
  std::optional<KeptLogReader> kept_log() const {
    try {
      return KeptLogReader(temp_.path() / "log" / "0");
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kUnavailable) << error.what();
      return std::nullopt;
    }
  }

  static void check_log(const KeptLogReader& log) {
    ChainHash chain{};
    Offset end{0};
    log.scan(Offset{0}, Offset{INT64_MAX}, [&](const KeptEvent& event) {
      const ToyEvent toy(event.offset);
      EXPECT_EQ(event.offset, end);
      EXPECT_EQ(event.key, toy.kept().key);
      EXPECT_EQ(event.value, toy.kept().value);
      chain = chain_next(chain, toy.kept());
      end = next(event.offset);
      return true;
    });
    EXPECT_EQ(log.end(), end);
    EXPECT_EQ(log.chain_head(), chain);
  }

  static void check_shard(const ShardReader& shard) {
    const Offset position = shard.state().position;
    ToyTwin twin;
    for (Offset offset{0}; offset < position; offset = next(offset)) toy_fold(offset, twin);
    const auto expected = twin.digests(shard.identity().declarations);
    if (position > Offset{0}) {
      EXPECT_EQ(shard.state().digests, expected);
    }
    EXPECT_EQ(scanned_digests(shard), expected);
    EXPECT_EQ(shard.state().counters.events, static_cast<uint64_t>(raw(position)));
  }

  static bool is_batch_end(Offset position) {
    Offset end{0};
    while (end < position) end = toy_batch_end(end);
    return end == position;
  }

  test::TempDir temp_;
};

TEST_F(Kill, LeavesAWholeCommittedPrefixAndTheKeptLogAheadByOneBatchAtMost) {
  const uint64_t first = test::crash_seed();
  SCOPED_TRACE("run again: LEDGER_SEED=" + std::to_string(first));
  std::mt19937_64 random(first);
  Offset before{0};
  for (int kill = 0; kill < test::kills(kShare) && !HasFailure(); ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    const int64_t told = run_and_kill(random() % kRunMaxUs, true);
    const Offset position = check(told);
    EXPECT_GE(position, before);  // positions never go back
    before = position;
  }
  EXPECT_GT(before, Offset{0});
}

TEST_F(Kill, WhileTheDirectoryIsMadeLeavesNothingOrAWholeShard) {
  const uint64_t first = test::crash_seed();
  SCOPED_TRACE("run again: LEDGER_SEED=" + std::to_string(first));
  std::mt19937_64 random(first);
  for (int kill = 0; kill < test::kills(kShare) && !HasFailure(); ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    std::filesystem::remove_all(directory() / "log");
    std::filesystem::remove_all(directory() / "gen-1");
    check(run_and_kill(random() % kBirthMaxUs, false));
    check(run_and_kill(0, true));  // it goes on from there
  }
}

}  // namespace
}  // namespace ledger::store
