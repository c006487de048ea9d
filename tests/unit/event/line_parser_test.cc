#include <gtest/gtest.h>

#include "schemas/event/json.h"
#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

constexpr std::string_view kPlay =
    R"({"eventId":"0197a1c2-0000-7000-8000-000000000001","occurredAt":1770832800000,)"
    R"("actor":{"kind":"service","id":"tts-3"},"source":"backend/1.4","playRecorded":)"
    R"({"userId":"u1","contentAudioId":"a1","contentId":"c1","contentType":"article"}})";
constexpr std::string_view kBare =
    R"({"playRecorded":{"userId":"u1","contentAudioId":"a1","contentId":"c1",)"
    R"("contentType":"article"}})";
constexpr double kNow = 1770832800123.75;

LineDefaults filled_defaults() {
  LineDefaults defaults;
  defaults.source = "import/2";
  defaults.actor_kind = ActorKind::kOperator;
  defaults.actor_id = "op-1";
  return defaults;
}

std::string error_of(const std::variant<Event, LineError>& parsed) {
  const auto* error = std::get_if<LineError>(&parsed);
  return error == nullptr ? "" : error->field + ": " + error->reason;
}

TEST(LineParser, ReadsAnEventThatWritesBackAsTheSameLine) {
  LineParser parser{LineDefaults{}};
  const auto parsed = parser.parse(kPlay, kNow);
  ASSERT_EQ(error_of(parsed), "");
  EXPECT_EQ(to_line(std::get<Event>(parsed)), kPlay);
}

TEST(LineParser, OrderOfMembersBlanksAndEscapesDoNotMatter) {
  LineParser parser{LineDefaults{}};
  const auto parsed = parser.parse(
      " {\t\"playRecorded\" : {\"contentType\":\"art\\u0069cle\",\"contentId\":\"c1\", "
      "\"contentAudioId\":\"a1\",\"us\\u0065rId\":\"u1\"},\r"
      "\"source\":\"backend\\/1.4\",\"actor\":{\"id\":\"tts-3\",\"kind\":\"service\"},"
      "\"occurredAt\":17708328e5,\"eventId\":\"0197A1C2-0000-7000-8000-000000000001\"} \r",
      kNow);
  ASSERT_EQ(error_of(parsed), "");
  EXPECT_EQ(to_line(std::get<Event>(parsed)), kPlay);
}

TEST(LineParser, FillsEventIdAndTimeTogether) {
  LineParser parser(filled_defaults());
  const auto first = parser.parse(kBare, kNow);
  ASSERT_EQ(error_of(first), "");
  const Uuid first_id = std::get<Event>(first).event_id;
  EXPECT_EQ(std::get<Event>(first).occurred_at, 1770832800123);
  EXPECT_EQ(first_id[6] >> 4, 7);
  const auto second = parser.parse(kBare, kNow);
  EXPECT_NE(std::get<Event>(second).event_id, first_id);
}

TEST(LineParser, DefaultsStandInForSourceAndActorOnly) {
  LineParser parser(filled_defaults());
  const auto bare = parser.parse(kBare, kNow);
  ASSERT_EQ(error_of(bare), "");
  EXPECT_EQ(std::get<Event>(bare).source, "import/2");
  EXPECT_EQ(std::get<Event>(bare).actor.kind, ActorKind::kOperator);
  EXPECT_EQ(std::get<Event>(bare).actor.id, "op-1");
  const auto full = parser.parse(kPlay, kNow);
  EXPECT_EQ(to_line(std::get<Event>(full)), kPlay);
}

TEST(LineParser, HalfAnActorIsNoDefault) {
  LineDefaults defaults = filled_defaults();
  defaults.actor_id.reset();
  LineParser parser(defaults);
  EXPECT_EQ(error_of(parser.parse(kBare, kNow)), "actor: is missing");
}

TEST(LineParser, DefaultsKeepTheLimitsToo) {
  LineDefaults defaults = filled_defaults();
  defaults.source = std::string(129, 's');
  LineParser parser(defaults);
  EXPECT_EQ(error_of(parser.parse(kBare, kNow)), "source: must be 1 to 128 bytes of UTF-8");
}

TEST(LineParser, AGenesisIsReadOnlyWhenAllowed) {
  const std::string line = to_line(sample_genesis());
  LineDefaults defaults;
  EXPECT_EQ(error_of(LineParser(defaults).parse(line, kNow)),
            "ledgerOpened: is written by `ledger-emit init` alone");
  defaults.allow_genesis = true;
  LineParser parser(defaults);
  const auto parsed = parser.parse(line, kNow);
  ASSERT_EQ(error_of(parsed), "");
  EXPECT_TRUE(same_payload(std::get<Event>(parsed), sample_genesis()));
}

TEST(LineParser, LinesOf4MiBAreTheLongest) {
  LineParser parser{LineDefaults{}};
  std::string line(kPlay);
  line.resize(kLineBytesMax, ' ');
  EXPECT_EQ(error_of(parser.parse(line, kNow)), "");
  line.push_back(' ');
  EXPECT_EQ(error_of(parser.parse(line, kNow)), ": is over 4 MiB");
}

TEST(LineParser, ALineAfterABadOneIsReadAsIfItWereTheFirst) {
  LineParser parser{LineDefaults{}};
  EXPECT_NE(error_of(parser.parse("{\"playRecorded\":{\"userId\":", kNow)), "");
  EXPECT_NE(error_of(parser.parse("{\"source\":5}", kNow)), "");
  EXPECT_EQ(error_of(parser.parse(kPlay, kNow)), "");
}

TEST(LineParser, NumbersAreTheNearestFloat64) {
  const auto duration_of = [](const std::string& number) {
    LineParser parser(filled_defaults());
    const auto parsed = parser.parse(
        R"({"statusChanged":{"contentAudioId":"a","contentId":"c","contentHash":"h",)"
        R"("status":"completed","audio":{"audioStorageId":"s","audioSize":1,"audioDuration":)" +
            number + "}}}",
        kNow);
    if (!std::holds_alternative<Event>(parsed)) return -1.0;
    return std::get<StatusChanged>(std::get<Event>(parsed).payload).audio->duration;
  };
  EXPECT_EQ(duration_of("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(duration_of("100000000000000000000000"), 1e23);
  EXPECT_EQ(duration_of("18446744073709551616"), 18446744073709551616.0);
  EXPECT_EQ(duration_of("1.7976931348623157e308"), 1.7976931348623157e308);
  EXPECT_EQ(duration_of("0.1"), 0.1);
  EXPECT_EQ(duration_of("5e-324"), 5e-324);
  EXPECT_EQ(duration_of("0.0"), 0.0);
  EXPECT_EQ(duration_of("1E5"), 1e5);
  EXPECT_EQ(duration_of("1e-400"), 0.0);
  EXPECT_EQ(duration_of("1.7976931348623159e308"), -1.0);
}

TEST(LineParser, ALongNameOfAnUnknownMemberIsCutInThePath) {
  LineParser parser{LineDefaults{}};
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "\xc3\xa9";
  const auto parsed = parser.parse("{\"" + name + "\":1}", kNow);
  const auto& error = std::get<LineError>(parsed);
  EXPECT_EQ(error.field, name.substr(0, 128));
  EXPECT_EQ(error.reason, "is not a member of the event format");
}

TEST(LineParser, MovesWithItsState) {
  LineParser parser(filled_defaults());
  LineParser moved(std::move(parser));
  EXPECT_EQ(error_of(moved.parse(kBare, kNow)), "");
}

TEST(WriteJson, VoiceSettingsAloneAreAnObject) {
  std::string out;
  JsonWriter writer(out);
  write_json(record::VoiceSettings{0.5, std::nullopt, 0}, writer);
  EXPECT_EQ(out, R"({"stability":0.5,"style":0})");
}

}  // namespace
}  // namespace ledger::event
