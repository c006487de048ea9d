// The real fold, store and query library against the twin, scenario by scenario.
#include <optional>

#include <gtest/gtest.h>

#include "tests/property/model/seeds.h"
#include "tests/property/model/session.h"
#include "tests/property/model/show.h"
#include "tests/support/process.h"

namespace ledger::model {
namespace {

constexpr uint64_t kParts = 4;  // tests of their own, so that they run side by side
constexpr int kFailuresMax = 3;
constexpr uint64_t kScenariosThatMeetAll = 50;

std::string whole_log(const Scenario& scenario) {
  std::string out;
  for (const Log& log : logs_of(scenario)) {
    for (size_t offset = 0; offset < log.size(); ++offset) {
      out += "\n  " + std::to_string(offset) + " of " + show(log[offset]);
    }
  }
  return out;
}

// Returns: what it asked; nothing when the sides disagreed.
std::optional<Tally> run_scenario(uint64_t seed, bool alone) {
  const Scenario scenario = generate(seed);
  const test::TempDir directory(test::memory_directory());
  Session session(scenario, directory.path() / "views");
  try {
    session.run();
    return session.tally();
  } catch (const std::exception& problem) {
    ADD_FAILURE() << rerun_line(seed, "property_model") << problem.what()
                  << (alone ? whole_log(scenario) : "");
  }
  return std::nullopt;
}

// LEDGER_SCENARIOS scenarios from the seed LEDGER_SEED on, in kParts parts.
class Model : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Model, StoreAnswersAsTheTwinDoes) {
  const uint64_t scenarios = scenario_count();
  const uint64_t first = first_seed();
  const uint64_t from = GetParam() * scenarios / kParts;
  const uint64_t limit = (GetParam() + 1) * scenarios / kParts;
  Tally sum;
  int failures = 0;
  for (uint64_t i = from; i < limit && failures < kFailuresMax; ++i) {
    const auto tally = run_scenario(first + i, scenarios == 1);
    if (tally) {
      sum.add(*tally);
    } else {
      ++failures;
    }
  }
  RecordProperty("questions", std::to_string(sum.questions));
  const uint64_t count = limit - from;
  if (count < kScenariosThatMeetAll) return;
  EXPECT_GT(sum.questions, 30 * count);
  EXPECT_GT(sum.items, 50 * count);
  EXPECT_GT(sum.next_pages, 5 * count);
  EXPECT_GT(sum.live_pages, count / 4);
  EXPECT_GT(sum.as_of_vectors, 5 * count);
  EXPECT_GT(sum.as_of_times, 2 * count);
  EXPECT_GT(sum.refused, count / 2);
  EXPECT_GT(sum.grown, 5 * count);
  EXPECT_GT(sum.rebuilt, count / 10);
}

INSTANTIATE_TEST_SUITE_P(Part, Model, ::testing::Range<uint64_t>(0, kParts));

}  // namespace
}  // namespace ledger::model
