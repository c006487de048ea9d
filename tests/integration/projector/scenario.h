// One ledger with one view directory, and the programs run on them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "schemas/store/run_state.h"
#include "tests/support/ledger.h"

namespace ledger::test {

std::vector<std::string> run_command_on(const std::string& brokers, const std::string& topic,
                                        const std::string& views,
                                        const std::vector<std::string>& more = {});

class Scenario {
 public:
  explicit Scenario(BrokerKind kind, int partitions = 2) : ledger_(kind, partitions) {}

  const TestLedger& ledger() const { return ledger_; }
  void end_broker() { ledger_.end_broker(); }     // of the embedded one
  Process& broker() { return ledger_.broker(); }  // likewise
  // A path in the scenario's folder; `views` is the one that the others below use if not told
  // otherwise.
  std::string path(const std::string& name = "views") const {
    return (folder_.path() / name).string();
  }

  // Sends lines; fails the test unless all are acknowledged. Returns: the log's end as `send` told
  // it, for the partitions that it sent to.
  std::string send(std::string_view lines) const;
  // `ledger-projector run` on the ledger, then `more`.
  std::vector<std::string> run_command(std::vector<std::string> more = {},
                                       const std::string& views = "views") const;
  // `run --until-end`, to its end.
  Finished catch_up(std::vector<std::string> more = {}, const std::string& views = "views") const;
  Finished rebuild(std::vector<std::string> more = {}, const std::string& views = "views") const;
  Finished query(std::vector<std::string> arguments, const std::string& views = "views") const;
  // The lines of an answer; fails the test unless ledger-query ends with 0.
  std::vector<std::string> answer(std::vector<std::string> arguments,
                                  const std::string& views = "views") const;
  // A line per view and shard.
  std::string digests(const std::string& views = "views") const;
  // The position vector that the views stand at.
  std::string position(const std::string& views = "views") const;
  store::RunState run_state(const std::string& views = "views") const;
  store::RunState wait_until_following() const;

 private:
  TestLedger ledger_;
  TempDir folder_;
};

// Both brokers, for INSTANTIATE_TEST_SUITE_P.
inline const auto kBothBrokers = testing::Values(BrokerKind::kEmbedded, BrokerKind::kRealKafka);
std::string broker_name(const testing::TestParamInfo<BrokerKind>& info);

// A line of a play, with an envelope; `event_id`: 1 digit to 12.
std::string play_line(int event_id, const std::string& user, const std::string& content = "c1");
// `count` lines of ledger-generate over the first 40 real changes.
std::string generated(int count);
std::string joined(const std::vector<std::string>& lines);  // each with its '\n'
// How many of `lines` hold `part`.
size_t count_with(const std::vector<std::string>& lines, std::string_view part);

}  // namespace ledger::test
