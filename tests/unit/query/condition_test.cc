#include "query/condition.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "schemas/index/key.h"

namespace ledger::query {
namespace {

using enum Comparison;
using record::Table;

constexpr double kNow = 1770832800000;

index::KeyPart value(std::string_view text, Comparison comparison = kEqual) {
  return parse_condition(Table::kContentAudios, comparison, text, kNow).value;
}

std::string refusal(std::string_view text) {
  try {
    parse_condition(Table::kContentAudios, kEqual, text, kNow);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUsage);
    return error.what();
  }
  ADD_FAILURE() << "accepted " << text;
  return {};
}

TEST(Condition, ReadsTextNumbersAndTimes) {
  EXPECT_EQ(value("contentId=a=b"), index::KeyPart(std::string("a=b")));
  EXPECT_EQ(value("audioSize=1.5e3"), index::KeyPart(1500.0));
  EXPECT_EQ(value("updatedAt=1770832800000"), index::KeyPart(kNow));
  EXPECT_EQ(value("updatedAt=now-1h"), index::KeyPart(kNow - 3600e3));
  EXPECT_EQ(value("failedAt=2026-02-11T18:00:00Z"), index::KeyPart(kNow));
}

TEST(Condition, RefusesWhatTheFieldCannotHave) {
  EXPECT_NE(refusal("contentId").find("FIELD=VALUE"), std::string::npos);
  EXPECT_NE(refusal("contentid=c").find("did you mean 'contentId'?"), std::string::npos);
  EXPECT_NE(refusal("audioSize=big").find("audioSize"), std::string::npos);
  EXPECT_NE(refusal("status=complete").find("did you mean 'completed'?"), std::string::npos);
  EXPECT_NE(refusal("locale=de").find("en, id"), std::string::npos);
  EXPECT_NE(refusal("voiceSettings=x").find("object"), std::string::npos);
}

TEST(Condition, ABoundOnAnEnumerationMayBeAnyText) {
  EXPECT_EQ(value("status=g", kGreaterOrEqual), index::KeyPart(std::string("g")));
}

// A row's value against asked values: the test must order as index keys do.
class RowOrder : public testing::TestWithParam<std::optional<double>> {};

TEST_P(RowOrder, IsTheOrderOfKeys) {
  record::ContentAudio row;
  row.audio_size = GetParam();
  std::string key;
  row.audio_size ? index::append_number(key, *row.audio_size) : index::append_absent(key);
  const std::vector<index::KeyPart> asked = {std::monostate(), -1.0, -0.0, 0.0, 0.5, 7.0, 1e300};
  for (const index::KeyPart& part : asked) {
    std::string other;
    append_part(other, part);
    const auto holds = [&](Comparison comparison) {
      RowTest<record::ContentAudio> test({{"audioSize", comparison, part}}, nullptr);
      return test.matches(Partition{0}, row);
    };
    EXPECT_EQ(holds(kEqual), key == other);
    EXPECT_EQ(holds(kGreater), key > other);
    EXPECT_EQ(holds(kGreaterOrEqual), key >= other);
    EXPECT_EQ(holds(kLess), key < other);
    EXPECT_EQ(holds(kLessOrEqual), key <= other);
  }
}

INSTANTIATE_TEST_SUITE_P(Values, RowOrder,
                         testing::Values(std::nullopt, 0.0, 0.5, 7.0, 8.0, 1e300));

}  // namespace
}  // namespace ledger::query
