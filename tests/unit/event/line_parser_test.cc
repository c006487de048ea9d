#include <gtest/gtest.h>

#include "schemas/event/json.h"

namespace ledger::event {
namespace {

constexpr std::string_view kPlay =
    R"({"eventId":"0197a1c2-0000-7000-8000-000000000001","occurredAt":1770832800000,)"
    R"("actor":{"kind":"service","id":"tts-3"},"source":"backend/1.4","playRecorded":)"
    R"({"userId":"u1","contentAudioId":"a1","contentId":"c1","contentType":"article"}})";

TEST(LineParser, ReadsAnEventThatWritesBackAsTheSameLine) {
  LineParser parser{LineDefaults{}};
  const auto parsed = parser.parse(kPlay, 1);
  ASSERT_TRUE(std::holds_alternative<Event>(parsed)) << std::get<LineError>(parsed).reason;
  std::string out;
  JsonWriter writer(out);
  write_json(std::get<Event>(parsed), writer);
  EXPECT_EQ(out, kPlay);
}

}  // namespace
}  // namespace ledger::event
