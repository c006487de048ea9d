// kill -9 of ledger-projector at random moments: what it committed stays, and the end is the same.
#include <chrono>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "schemas/store/directory.h"
#include "tests/crash/kills.h"
#include "tests/support/broker.h"
#include "tests/support/generated.h"
#include "tests/support/process.h"
#include "tests/support/views/stands.h"

namespace ledger::test {
namespace {

constexpr int kRunShare = 2;      // of LEDGER_KILLS, which all crash tests share: half
constexpr int kRebuildShare = 6;  // a sixth
constexpr int kPartitions = 2;
constexpr const char* kEvents = "9000";
constexpr const char* kBatchEvents = "25";

class Kill : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker_ = new EmbeddedBroker(kPartitions);
    broker_->send(generated({"--events", kEvents, "--duplicates", "0.03"}));
  }
  static void TearDownTestSuite() {
    delete broker_;
    broker_ = nullptr;
  }

  Kill() : seed_(crash_seed()), random_(seed_) {
    RecordProperty("seed", std::to_string(seed_));
    const auto started = std::chrono::steady_clock::now();
    const Finished whole = run(run_command(undisturbed()));
    duration_ = std::chrono::steady_clock::now() - started;
    EXPECT_EQ(whole.code, 0) << whole.err;
    expected_ = stands(undisturbed());
    EXPECT_EQ(expected_.size(), static_cast<size_t>(kPartitions));
  }

  std::filesystem::path undisturbed() const { return folder_.path() / "undisturbed"; }

  static std::vector<std::string> run_command(const std::filesystem::path& views) {
    return {program("ledger-projector"),
            "run",
            "--until-end",
            "--brokers",
            broker_->address(),
            "--views",
            views.string(),
            "--batch-events",
            kBatchEvents,
            "-q"};
  }

  // By the live path alone, or with the bulk path where it pays.
  std::vector<std::string> any_run_command(const std::filesystem::path& views) {
    std::vector<std::string> argv = run_command(views);
    if (random_() % 2 == 0) argv.insert(argv.end(), {"--bulk-from", "500"});
    return argv;
  }

  bool run_and_kill(const std::vector<std::string>& argv, std::chrono::nanoseconds longest) {
    return test::run_and_kill(argv, longest, random_);
  }

  const uint64_t seed_;
  std::mt19937_64 random_;
  TempDir folder_{memory_directory()};
  std::chrono::nanoseconds duration_{};
  std::map<Partition, Stand> expected_;
  static EmbeddedBroker* broker_;
};

EmbeddedBroker* Kill::broker_ = nullptr;

// P2, and P1 over restarts.
TEST_F(Kill, ARunThatIsKilledAndStartedAgainEndsAsAnUndisturbedOne) {
  int left = kills(kRunShare);
  for (int round = 0; left > 0; ++round) {
    const auto views = folder_.path() / ("killed-" + std::to_string(round));
    std::map<Partition, Stand> before;
    for (; left > 0 && run_and_kill(any_run_command(views), duration_); --left) {
      const auto now = stands(views);
      for (const auto& [partition, stand] : before) {
        EXPECT_GE(now.at(partition).state.position, stand.state.position);
      }
      before = now;
      if (random_() % 4 == 0) break;  // few starts and many: both
    }
    const Finished last = run(any_run_command(views));
    ASSERT_EQ(last.code, 0) << last.err;
    ASSERT_EQ(stands(views), expected_) << "LEDGER_SEED=" << seed_;
    std::filesystem::remove_all(views);
  }
}

// Until it publishes, a rebuild touches nothing that is live.
TEST_F(Kill, ARebuildThatIsKilledLeavesTheLiveGenerationAndTheNextOneSucceeds) {
  const std::vector<std::string> rebuild = {program("ledger-projector"), "rebuild", "--views",
                                            undisturbed().string(), "-q"};
  const auto started = std::chrono::steady_clock::now();
  ASSERT_EQ(run(rebuild).code, 0);
  const auto duration = std::chrono::steady_clock::now() - started;
  for (int left = kills(kRebuildShare); left > 0; --left) {
    run_and_kill(rebuild, duration);
    ASSERT_EQ(stands(undisturbed()), expected_) << "LEDGER_SEED=" << seed_;
    const Finished digest =
        run({program("ledger-query"), "digest", "--views", undisturbed().string()});
    ASSERT_EQ(digest.code, 0) << digest.err;
  }
  const Finished last = run(rebuild);
  ASSERT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(stands(undisturbed()), expected_);
  EXPECT_LE(store::ViewDirectory(undisturbed()).generations().size(), 2U);
}

}  // namespace
}  // namespace ledger::test
