#include "schemas/store/run_state.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ledger::store {
namespace {

class RunStateFile : public testing::Test {
 protected:
  RunStateFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ledger-run-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~RunStateFile() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path path() const { return directory_ / "run.json"; }

 private:
  std::filesystem::path directory_;
};

RunState sample() {
  RunState state;
  state.pid = 42;
  state.phase = RunPhase::kCatchingUp;
  state.started_ms = 1770832800000;
  state.heartbeat_ms = 1770832801000.5;
  state.caught_up_ms = 1770832800500;
  state.partitions[Partition{0}] = {Offset{12}, Offset{15}};
  state.partitions[Partition{3}] = {Offset{7}, std::nullopt};
  state.refusal = RunRefusal{1770832800001, Fault::kIncompatible, "topic: \"x\" is\nanother one"};
  return state;
}

TEST_F(RunStateFile, ReadsBackWhatWasWritten) {
  write_run_state(path(), sample());
  EXPECT_EQ(read_run_state(path()), sample());
  RunState later;
  later.phase = RunPhase::kStopped;
  write_run_state(path(), later);
  EXPECT_EQ(read_run_state(path()), later);
}

TEST_F(RunStateFile, EveryPhaseComesBackByItsText) {
  for (const RunPhase phase :
       {RunPhase::kStarting, RunPhase::kCatchingUp, RunPhase::kFollowing,
        RunPhase::kWaitingForBrokers, RunPhase::kRefused, RunPhase::kStopped}) {
    RunState state = sample();
    state.phase = phase;
    const std::string json = to_json(state);
    EXPECT_NE(json.find(fmt::format("\"{}\"", to_text(phase))), std::string::npos) << json;
    EXPECT_EQ(parse_run_state(json), state);
  }
}

TEST_F(RunStateFile, TextThatIsCutShortIsAnIntegrityFault) {
  const std::string json = to_json(sample());
  for (size_t length = 0; length < json.size(); ++length) {
    try {
      parse_run_state(json.substr(0, length));
      FAIL() << length;
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kIntegrity);
    }
  }
}

TEST_F(RunStateFile, IsAbsentWithoutAFile) { EXPECT_EQ(read_run_state(path()), std::nullopt); }

TEST_F(RunStateFile, RefusesTextThatIsNoRunState) {
  std::ofstream(path()) << "{\"pid\":1}\n";
  try {
    read_run_state(path());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIntegrity);
    EXPECT_NE(std::string(error.what()).find("run.json"), std::string::npos);
  }
}

TEST_F(RunStateFile, FailsWithTheCauseWhenTheDirectoryIsMissing) {
  try {
    write_run_state(path() / "missing" / "run.json", sample());
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUnavailable);
  }
}

}  // namespace
}  // namespace ledger::store
