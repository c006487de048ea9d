#include "projector/bulk/lookups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

using record::ContentType;
using testing::ElementsAre;

record::ContentAudio audio(const std::string& id, double creation_time,
                           const std::string& content_id = "c1",
                           ContentType type = ContentType::kArticle) {
  record::ContentAudio row;
  row.id = id;
  row.creation_time = creation_time;
  row.content_id = content_id;
  row.content_type = type;
  row.voice_id = "voice of " + id;
  return row;
}

std::vector<std::string> ids_of(AudioLookup& lookup, std::string_view content_id,
                                ContentType type = ContentType::kArticle) {
  std::vector<std::string> ids;
  for (const AudioLookup::Ref& ref : lookup.content(content_id, type).audios) {
    ids.push_back(ref.id);
  }
  return ids;
}

TEST(AudioLookup, AudiosOfAContentAreByCreationTimeThenId) {
  AudioLookup lookup;
  for (const auto& row : {audio("b", 2), audio("c", 1), audio("a", 2), audio("d", 3)}) {
    lookup.add(row, 0);
  }
  EXPECT_THAT(ids_of(lookup, "c1"), ElementsAre("c", "a", "b", "d"));
}

TEST(AudioLookup, ContentIsIdAndType) {
  AudioLookup lookup;
  lookup.add(audio("a", 1), 1);
  lookup.add(audio("b", 1, "c1", ContentType::kSubject), 2);
  lookup.add(audio("c", 1, "c2"), 3);
  EXPECT_THAT(ids_of(lookup, "c1"), ElementsAre("a"));
  EXPECT_THAT(ids_of(lookup, "c1", ContentType::kSubject), ElementsAre("b"));
  EXPECT_THAT(ids_of(lookup, "c2"), ElementsAre("c"));
}

TEST(AudioLookup, FindsTheSlotById) {
  AudioLookup lookup;
  lookup.add(audio("a", 1), 7);
  EXPECT_EQ(lookup.find("a"), Slot{7});
  EXPECT_EQ(lookup.find("b"), std::nullopt);
  EXPECT_EQ(lookup.content("c1", ContentType::kArticle).audios.at(0).slot, 7U);
  EXPECT_EQ(lookup.content("c1", ContentType::kArticle).audios.at(0).voice_id, "voice of a");
}

TEST(AudioLookup, TellsWhetherAnAudioIsOfAContent) {
  AudioLookup lookup;
  for (int i = 0; i < 100; ++i) lookup.add(audio(std::to_string(i), 1, std::to_string(i) + "c"), 0);
  EXPECT_EQ(lookup.is_of("7", "7c", ContentType::kArticle), true);
  EXPECT_EQ(lookup.is_of("7", "7c", ContentType::kSubject), false);
  EXPECT_EQ(lookup.is_of("7", "8c", ContentType::kArticle), false);
  EXPECT_EQ(lookup.is_of("7", "unseen", ContentType::kArticle), false);
  lookup.remove(audio("7", 1, "7c"));
  EXPECT_EQ(lookup.is_of("7", "7c", ContentType::kArticle), std::nullopt);
}

TEST(AudioLookup, RemovedOneIsFoundNowhere) {
  AudioLookup lookup;
  lookup.add(audio("a", 1), 1);
  lookup.add(audio("b", 2), 2);
  lookup.remove(audio("a", 1));
  EXPECT_EQ(lookup.find("a"), std::nullopt);
  EXPECT_THAT(ids_of(lookup, "c1"), ElementsAre("b"));
}

TEST(AudioLookup, ContentThatWasNeverSeenIsEmptyAndNotWhole) {
  AudioLookup lookup;
  EXPECT_TRUE(ids_of(lookup, "c9").empty());
  EXPECT_FALSE(lookup.content("c9", ContentType::kArticle).whole);
  lookup.content("c9", ContentType::kArticle).whole = true;
  EXPECT_TRUE(lookup.content("c9", ContentType::kArticle).whole);
}

TEST(AudioLookupDeathTest, RemovingWhatIsNotThereIsABug) {
  AudioLookup lookup;
  EXPECT_DEATH(lookup.remove(audio("a", 1)), "a 0");
}

}  // namespace
}  // namespace ledger::bulk
