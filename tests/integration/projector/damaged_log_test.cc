// A log whose bytes were damaged on the broker's disk: 7, and the command that goes on behind it.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/integration/projector/scenario.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kOffset = 20;  // of the changed byte before the end of a batch: in a record

class DamagedLog : public testing::Test {
 protected:
  // Sends; the last batch of it can be damaged after.
  void send(int count) {
    scenario_.send(filled(play_lines(count)));
    sent_ = fs::file_size(segment_);
  }
  // Turns a byte of the last batch that was sent before `end`, while the broker is stopped.
  void damage(uintmax_t end) const {
    RealKafka::shared().stop();
    std::fstream file(segment_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(end) - kOffset);
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(end) - kOffset);
    file.put(static_cast<char>(~byte));
    file.close();
    ASSERT_TRUE(file.good());
    RealKafka::shared().start();
  }
  // The value of the --accept-gap in `refusal`.
  static std::string remedy(const std::string& refusal) {
    const std::string option = "ledger-projector run --accept-gap ";
    const size_t at = refusal.find(option);
    EXPECT_NE(at, std::string::npos) << refusal;
    const size_t value = at + option.size();
    return refusal.substr(value, refusal.find(';', value) - value);
  }

  const Scenario scenario_{BrokerKind::kRealKafka, 1};
  const fs::path segment_ = RealKafka::shared().segment(scenario_.ledger().topic(), 0);
  uintmax_t sent_ = 0;
};

TEST_F(DamagedLog, StopsTheRunUntilTheLossIsAcceptedAndThenGoesOn) {
  send(100);
  ASSERT_EQ(scenario_.catch_up().code, 0);
  send(40);
  const uintmax_t damaged = sent_;
  send(10);
  damage(damaged);

  const Finished refused = scenario_.catch_up();
  EXPECT_EQ(refused.code, 7);
  const std::string stand = scenario_.position();  // in the 40: they may be several batches
  const std::string from = stand.substr(stand.find(':') + 1);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("log damaged: partition 0 of"), HasSubstr("at offset " + from),
                    HasSubstr("CRC"), HasSubstr("--accept-gap 0:" + from + "-141;")));
  EXPECT_EQ(scenario_.run_state().refusal->fault, Fault::kIntegrity);

  const std::vector<std::string> accept = {"--accept-gap", remedy(refused.err)};
  const Finished accepted = scenario_.catch_up(accept);
  ASSERT_EQ(accepted.code, 0) << accepted.err;
  EXPECT_EQ(scenario_.position(), "0:151");
  EXPECT_EQ(count_with(scenario_.answer({"events"}), "\"gap\""), 1U);
  send(10);
  const Finished further = scenario_.catch_up();
  EXPECT_EQ(further.code, 0) << further.err;
  EXPECT_EQ(scenario_.position(), "0:161");

  damage(sent_);  // what is folded, and compared with the log
  const Finished compared = scenario_.catch_up();
  EXPECT_EQ(compared.code, 7);
  EXPECT_THAT(compared.err, AllOf(HasSubstr("log damaged: record 160 of partition 0"),
                                  HasSubstr("replica or a backup")));
}

// All before it is there to be read, as when a run folds one event after the other.
TEST_F(DamagedLog, StopsAFillBehindWhatCouldBeRead) {
  send(3000);
  send(40);
  const uintmax_t damaged = sent_;
  send(10);
  damage(damaged);
  const std::vector<std::string> in_bulk = {"--bulk-from", "1000"};
  const Finished refused = scenario_.catch_up(in_bulk);
  EXPECT_EQ(refused.code, 7);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("published generation 2"), HasSubstr("log damaged: partition 0 of")));
  const std::string gap = remedy(refused.err);
  EXPECT_EQ(scenario_.position(), gap.substr(0, gap.find('-')));
  EXPECT_GE(gap, "0:3001");
  const Finished accepted = scenario_.catch_up({"--accept-gap", gap});
  ASSERT_EQ(accepted.code, 0) << accepted.err;
  EXPECT_EQ(scenario_.position(), "0:3051");
}

}  // namespace
}  // namespace ledger::test
