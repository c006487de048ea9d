#include <gtest/gtest.h>

#include "schemas/event/codec.h"
#include "schemas/event/json.h"
#include "schemas/event/partition.h"
#include "tests/support/event/forms.h"
#include "tests/support/event/vectors.h"

namespace ledger::event {
namespace {

std::string decoded_line(Decoder& decoder, const std::string& bytes) {
  const Decoded decoded = decoder.decode(bytes);
  if (const auto* rejection = std::get_if<Rejection>(&decoded)) {
    return std::string(to_text(rejection->code)) + " " + std::string(rejection->field);
  }
  return to_line(std::get<Event>(decoded));
}

TEST(EventVectors, LinesEncodeToTheirBytesKeyAndPartitions) {
  LineParser parser(with_genesis());
  const std::vector<Case> cases = read_cases("events.json");
  ASSERT_GE(cases.size(), 27U);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.at("name"));
    const auto parsed = parser.parse(one.at("line"), 0);
    ASSERT_TRUE(std::holds_alternative<Event>(parsed)) << std::get<LineError>(parsed).field;
    const Event& event = std::get<Event>(parsed);
    std::string bytes;
    encode(event, bytes);
    EXPECT_EQ(bytes, bytes_of(one));
    EXPECT_EQ(to_line(event), one.at("line"));
    if (!one.contains("key")) {
      EXPECT_EQ(content_id(event.payload), "");
      continue;
    }
    const std::string_view key = content_id(event.payload);
    EXPECT_EQ(key, one.at("key"));
    EXPECT_EQ(std::to_string(raw(partition_of(key, 2))), one.at("partitionOf2"));
    EXPECT_EQ(std::to_string(raw(partition_of(key, 16))), one.at("partitionOf16"));
  }
}

TEST(EventVectors, BytesDecodeToTheirLines) {
  Decoder decoder;
  for (const Case& one : read_cases("events.json")) {
    EXPECT_EQ(decoded_line(decoder, bytes_of(one)), one.at("line")) << one.at("name");
  }
}

TEST(EventVectors, OtherBytesOfOtherProducersAreAccepted) {
  Decoder decoder;
  const std::vector<Case> cases = read_cases("accepted_values.json");
  ASSERT_GE(cases.size(), 6U);
  for (const Case& one : cases) {
    EXPECT_EQ(decoded_line(decoder, bytes_of(one)), one.at("line")) << one.at("name");
  }
}

TEST(EventVectors, RefusedValuesHaveTheirCodeAndField) {
  Decoder decoder;
  const std::vector<Case> cases = read_cases("refused_values.json");
  ASSERT_GE(cases.size(), 68U);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.at("name"));
    std::optional<std::string> bytes;
    if (one.contains("bytes")) bytes = bytes_of(one);
    const Decoded decoded = decoder.decode(bytes);
    ASSERT_TRUE(std::holds_alternative<Rejection>(decoded));
    const auto& rejection = std::get<Rejection>(decoded);
    EXPECT_EQ(to_text(rejection.code), one.at("code"));
    EXPECT_EQ(rejection.field, one.at("field"));
    EXPECT_FALSE(rejection.reason.empty());
    EXPECT_EQ(rejection.ledger_opened, rejection.field.starts_with("ledgerOpened"));
  }
}

}  // namespace
}  // namespace ledger::event
