#include "schemas/index/spec.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger::index {
namespace {

using record::Table;

constexpr const char* kText =
    "1 contentAudios content_voice contentId,contentType,voiceId\n"
    "2 contentAudios content contentId,contentType\n"
    "3 contentAudios contentHash contentHash\n"
    "4 contentAudios status status\n"
    "1002 contentAudios by_id -\n"
    "1003 contentAudios by_creation_time -\n"
    "5 userContentAudios user userId\n"
    "6 userContentAudios user_content userId,contentId,contentType\n"
    "7 userContentAudios contentAudio contentAudioId\n"
    "1004 userContentAudios by_id -\n"
    "1005 userContentAudios by_creation_time -\n";

TEST(Declarations, AreThoseOfTheContractInOrder) { EXPECT_EQ(to_text(load_declarations()), kText); }

TEST(Declarations, TextRoundTrips) {
  const Declarations declarations = load_declarations();
  EXPECT_EQ(parse_declarations(to_text(declarations)), declarations);
  EXPECT_EQ(parse_declarations(""), Declarations{});
}

TEST(Declarations, DamagedTextIsAnIntegrityErrorNamingTheLine) {
  for (const char* text :
       {"1 contentAudios a f", "1 contentAudios a \n", "1 contentAudios\n", "x contentAudios a f\n",
        "1 unknown a f\n", "1 contentAudios  f\n", "1 contentAudios a f,\n",
        "1 contentAudios a f g\n", "70000 contentAudios a f\n", "\n"}) {
    try {
      parse_declarations(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kIntegrity);
      EXPECT_NE(std::string(error.what()).find("line 1 "), std::string::npos) << error.what();
    }
  }
}

TEST(Declarations, AreFoundByTableAndNameAndById) {
  const Declarations declarations = load_declarations();
  EXPECT_EQ(declarations.of(Table::kContentAudios).size(), 6u);
  EXPECT_EQ(declarations.of(Table::kUserContentAudios).size(), 5u);
  EXPECT_EQ(declarations.find(Table::kUserContentAudios, "user")->id, IndexId{5});
  EXPECT_EQ(declarations.find(Table::kContentAudios, "user"), nullptr);
  EXPECT_EQ(declarations.find(IndexId{7})->name, "contentAudio");
  EXPECT_EQ(declarations.find(by_id_of(Table::kContentAudios))->name, "by_id");
  EXPECT_EQ(declarations.find(IndexId{8}), nullptr);
}

TEST(Declarations, KeyFieldsEndInCreationTimeAndIdButThoseOfById) {
  const Declarations declarations = load_declarations();
  EXPECT_EQ(declarations.find(Table::kContentAudios, "content")->key_fields(),
            (std::vector<std::string>{"contentId", "contentType", "_creationTime", "_id"}));
  EXPECT_EQ(declarations.find(Table::kContentAudios, "by_creation_time")->key_fields(),
            (std::vector<std::string>{"_creationTime", "_id"}));
  EXPECT_EQ(declarations.find(Table::kContentAudios, "by_id")->key_fields(),
            (std::vector<std::string>{"_id"}));
}

}  // namespace
}  // namespace ledger::index
