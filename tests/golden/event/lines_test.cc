#include <gtest/gtest.h>

#include "schemas/base/bytes.h"
#include "schemas/event/json.h"
#include "tests/support/event/vectors.h"

namespace ledger::event {
namespace {

TEST(EventVectors, RefusedLinesHaveTheirFieldAndReason) {
  LineParser parser{LineDefaults{}};
  const std::vector<Case> cases = read_cases("refused_lines.json");
  ASSERT_GE(cases.size(), 60U);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.at("name"));
    std::string line;
    if (one.contains("line")) {
      line = one.at("line");
    } else {
      ASSERT_TRUE(parse_hex(one.at("lineBytes"), line));
    }
    const auto parsed = parser.parse(line, 1770832800000);
    ASSERT_TRUE(std::holds_alternative<LineError>(parsed));
    EXPECT_EQ(std::get<LineError>(parsed).field, one.at("field"));
    EXPECT_EQ(std::get<LineError>(parsed).reason, one.at("reason"));
  }
}

}  // namespace
}  // namespace ledger::event
