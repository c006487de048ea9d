#include <gtest/gtest.h>
#include <simdjson.h>

#include "schemas/event/json.h"
#include "schemas/event/limits.h"
#include "tests/support/event/forms.h"
#include "tests/support/event/mutate.h"
#include "tests/support/event/random_event.h"

namespace ledger::event {
namespace {

constexpr int kLines = 3000;

// Numbers of 20 digits and more are legal here and in JSON, and refused by simdjson's DOM alone.
bool is_json(simdjson::dom::parser& parser, const std::string& text) {
  const auto code = parser.parse(text).error();
  return code == simdjson::SUCCESS || code == simdjson::NUMBER_ERROR;
}

TEST(LineProperty, EveryEventComesBackFromItsLine) {
  const uint64_t seed = test_seed(5);
  RandomEvents events(seed);
  LineParser parser(with_genesis());
  for (int round = 0; round < kLines; ++round) {
    SCOPED_TRACE(rerun(seed, round));
    const Event event = events.next();
    const auto parsed = parser.parse(to_line(event), 1);
    ASSERT_TRUE(std::holds_alternative<Event>(parsed))
        << std::get<LineError>(parsed).field << " " << std::get<LineError>(parsed).reason;
    ASSERT_TRUE(same_payload(std::get<Event>(parsed), event));
    ASSERT_EQ(encoded(std::get<Event>(parsed)), encoded(event));
  }
}

// A damaged line is refused with a reason, or is JSON with an event that keeps the limits.
TEST(LineProperty, DamagedLinesAreRefusedOrAreAnEvent) {
  const uint64_t seed = test_seed(6);
  RandomEvents events(seed);
  std::mt19937_64 random(seed);
  LineParser parser(with_genesis());
  LineParser again(with_genesis());
  simdjson::dom::parser oracle;
  int accepted = 0;
  for (int round = 0; round < 10 * kLines; ++round) {
    SCOPED_TRACE(rerun(seed, round));
    std::string line = to_line(events.next());
    mutate(line, random);
    const auto parsed = parser.parse(line, 1);
    if (const auto* error = std::get_if<LineError>(&parsed)) {
      ASSERT_FALSE(error->reason.empty());
      continue;
    }
    ++accepted;
    const Event& event = std::get<Event>(parsed);
    ASSERT_TRUE(is_json(oracle, line)) << line;
    ASSERT_FALSE(check_limits(event).has_value());
    const auto second = again.parse(to_line(event), 1);
    ASSERT_TRUE(std::holds_alternative<Event>(second)) << std::get<LineError>(second).reason;
    ASSERT_EQ(encoded(std::get<Event>(second)), encoded(event));
  }
  EXPECT_GT(accepted, kLines / 10);
}

}  // namespace
}  // namespace ledger::event
