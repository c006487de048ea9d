#include <gtest/gtest.h>
#include <simdjson.h>

#include "schemas/event/json.h"

namespace ledger::event {
namespace {

class JsonSchema : public testing::Test {
 protected:
  std::string at(const std::string& pointer) {
    simdjson::dom::element element;
    if (parser_.parse(json_schema()).at_pointer(pointer).get(element)) return "nothing";
    return simdjson::minify(element);
  }

 private:
  simdjson::dom::parser parser_;
};

TEST_F(JsonSchema, IsDraft202012AndClosed) {
  EXPECT_EQ(at("/$schema"), R"("https://json-schema.org/draft/2020-12/schema")");
  EXPECT_EQ(at("/additionalProperties"), "false");
  EXPECT_EQ(at("/properties/playRecorded/additionalProperties"), "false");
}

TEST_F(JsonSchema, HasExactlyOnePayloadAndNoGenesis) {
  EXPECT_EQ(at("/oneOf/0"), R"({"required":["audioCreated"]})");
  EXPECT_EQ(at("/oneOf/6"), R"({"required":["recordImported"]})");
  EXPECT_EQ(at("/oneOf/7"), "nothing");
  EXPECT_EQ(at("/properties/ledgerOpened"), "nothing");
  EXPECT_EQ(at("/properties/unset"), "nothing");
  EXPECT_EQ(at("/properties/payload"), "nothing");
}

TEST_F(JsonSchema, TakesNamesTextsAndBoundsFromTheAnnotations) {
  EXPECT_EQ(at("/properties/recordImported/properties/userContentAudios/properties/_id"),
            R"({"type":"string","minLength":1,"maxLength":128})");
  EXPECT_EQ(at("/properties/statusChanged/properties/status/enum"),
            R"(["pending","generating_script","generating_speech","completed","failed"])");
  EXPECT_EQ(at("/properties/statusChanged/properties/script/maxLength"), "262144");
  EXPECT_EQ(at("/properties/statusChanged/required"),
            R"(["contentAudioId","contentId","contentHash","status"])");
}

TEST_F(JsonSchema, TellsTimesAndAmountsFromOtherNumbers) {
  EXPECT_EQ(at("/properties/occurredAt/exclusiveMaximum"), "9007199254740992");
  EXPECT_EQ(at("/properties/statusChanged/properties/audio/properties/audioSize"),
            R"({"type":"number","minimum":0})");
  EXPECT_EQ(at("/properties/audioCreated/properties/voiceSettings/properties/style"),
            R"({"type":"number"})");
}

TEST_F(JsonSchema, SaysWhichMembersComeTogether) {
  EXPECT_EQ(at("/dependentRequired"), R"({"eventId":["occurredAt"],"occurredAt":["eventId"]})");
  EXPECT_EQ(at("/properties/statusChanged/then"), R"({"required":["errorMessage"]})");
  EXPECT_EQ(at("/properties/statusChanged/else"), R"({"not":{"required":["errorMessage"]}})");
}

}  // namespace
}  // namespace ledger::event
