#include "projector/bulk/lookups.h"

#include <set>

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

std::optional<Slot> find(const ListeningLookup& lookup, uint64_t hash, Slot slot) {
  return lookup.find(hash, [slot](Slot candidate) { return candidate == slot; });
}

TEST(ListeningLookup, ManySlotsAreEachFoundByTheirHash) {
  ListeningLookup lookup;
  for (Slot slot = 0; slot < 5000; ++slot) lookup.add(uint64_t{slot} * 0x9E3779B9, slot);
  for (Slot slot = 0; slot < 5000; ++slot) {
    ASSERT_EQ(find(lookup, uint64_t{slot} * 0x9E3779B9, slot), slot);
  }
  EXPECT_EQ(lookup.find(12345, [](Slot) { return true; }), std::nullopt);
}

TEST(ListeningLookup, EqualHashesAreToldApartByWhoAsks) {
  ListeningLookup lookup;
  for (const Slot slot : {1U, 2U, 3U}) lookup.add(99, slot);
  std::set<Slot> seen;
  EXPECT_EQ(lookup.find(99, [&](Slot slot) { return seen.insert(slot).second && slot == 3; }),
            Slot{3});
  EXPECT_EQ(seen, (std::set<Slot>{1, 2, 3}));
}

TEST(ListeningLookup, RemovedSlotHidesNoOtherOneOfItsHash) {
  ListeningLookup lookup;
  for (const Slot slot : {1U, 2U, 3U}) lookup.add(99, slot);
  lookup.remove(99, 1);
  EXPECT_EQ(find(lookup, 99, 1), std::nullopt);
  EXPECT_EQ(find(lookup, 99, 2), Slot{2});
  EXPECT_EQ(find(lookup, 99, 3), Slot{3});
}

TEST(ListeningLookup, RemovedSlotStaysGoneWhenTheTableGrows) {
  ListeningLookup lookup;
  lookup.add(99, 1);
  lookup.remove(99, 1);
  for (Slot slot = 2; slot < 3000; ++slot) lookup.add(slot, slot);
  EXPECT_EQ(find(lookup, 99, 1), std::nullopt);
  EXPECT_EQ(find(lookup, 99, 99), Slot{99});
}

TEST(ListeningLookup, EmptyOneFindsNothingAndTakesNothing) {
  const ListeningLookup lookup;
  EXPECT_EQ(lookup.find(0, [](Slot) { return true; }), std::nullopt);
  EXPECT_EQ(lookup.bytes(), 0U);
}

TEST(ListeningLookupDeathTest, RemovingWhatIsNotThereIsABug) {
  ListeningLookup lookup;
  lookup.add(1, 1);
  EXPECT_DEATH(lookup.remove(1, 2), "slot 2");
}

}  // namespace
}  // namespace ledger::bulk
