#include <set>

#include <gtest/gtest.h>

#include "schemas/event/limits.h"
#include "tests/support/generate/stream.h"
#include "tests/unit/generate/status_rules.h"

namespace ledger::generate {
namespace {

TEST(WorkloadW, HasItsSharesAndKeepsTheRules) {
  Settings settings;
  settings.events = 60'000;
  settings.users = 12'000;  // in proportion: 1,000,000 of 5 M
  const auto stream = open_workload_w(settings);
  event::Event event;
  Audios audios;
  std::set<std::pair<std::string, std::string>> pairs;
  double last = 0;
  uint64_t events = 0;
  uint64_t scripts = 0;
  while (stream->next(event)) {
    ++events;
    ASSERT_FALSE(event::check_limits(event));
    ASSERT_GE(event.occurred_at, last);
    last = event.occurred_at;
    audios.apply(event);
    if (const auto* play = std::get_if<event::PlayRecorded>(&event.payload)) {
      pairs.emplace(play->user_id, play->content_id);
    } else if (const auto* changed = std::get_if<event::StatusChanged>(&event.payload)) {
      if (changed->script) ++scripts;
      ASSERT_EQ(changed->script.value_or(std::string(200, ' ')).size(), 200u);
    }
  }
  const Tally& tally = audios.tally();
  EXPECT_EQ(events, 60'000u);
  EXPECT_GT(scripts, 300u);
  EXPECT_EQ(tally.illegal + tally.stale + tally.unknown + tally.plays_of_unknown, 0u);
  EXPECT_NEAR(static_cast<double>(tally.plays), 59'000 * 0.97, 200);
  const double repeats = 1 - static_cast<double>(pairs.size()) / static_cast<double>(tally.plays);
  EXPECT_GT(repeats, 0.35);
  EXPECT_LT(repeats, 0.60);
  for (const auto status : {record::Status::kCompleted, record::Status::kFailed}) {
    EXPECT_GT(tally.moves.at(status), 10u);
  }
}

}  // namespace
}  // namespace ledger::generate
