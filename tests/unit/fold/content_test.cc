// Contract section 6: contentChanged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using record::Status;
using ::testing::ElementsAre;

record::ContentAudio failed_row(std::string_view id, std::string_view voice_id) {
  auto row = audio_row(id, "c1", voice_id);
  row.status = Status::kFailed;
  row.audio_duration = 5;
  row.audio_size = 6;
  row.failed_at = kT;
  return row;
}

TEST(ContentChanged, AudiosOfAnotherHashStartAgain) {
  FoldedLog log;
  event::ImportedContentAudio whole{failed_row("ca1", "v1"), "a script", "an error"};
  log.send(event::RecordImported{whole});
  const auto before = log.audio("ca1");
  ASSERT_TRUE(before.script && before.error_message);
  EXPECT_TRUE(log.send(content_changed("c1", "h2"), kT + 9).outcome.clean());
  auto expected = audio_row("ca1", "c1", "v1");
  expected.content_hash = "h2";
  expected.status = Status::kPending;
  expected.audio_storage_id.reset();
  expected.generation_attempts = 0;
  expected.updated_at = kT + 9;
  EXPECT_EQ(log.audio("ca1"), expected);
}

TEST(ContentChanged, EqualHashIsUntouchedAndMakesNoVersion) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1", "h1"));
  log.send(audio_created("ca2", "c1", "v2", "h2"));
  const auto& result = log.send(content_changed("c1", "h2"), kT + 9);
  ASSERT_EQ(result.audios.size(), 1U);
  EXPECT_EQ(result.audios[0].before->row.id, "ca1");
  EXPECT_EQ(log.audio("ca2").updated_at, kT);
}

TEST(ContentChanged, TouchesNeitherOtherContentsNorOtherTypes) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1"));
  log.send(audio_created("ca2", "c2"));
  auto subject = audio_created("ca3", "c1");
  subject.content_type = record::ContentType::kSubject;
  log.send(subject);
  log.send(content_changed("c1", "h2"));
  EXPECT_EQ(log.audio("ca1").content_hash, "h2");
  EXPECT_EQ(log.audio("ca2").content_hash, "h1");
  EXPECT_EQ(log.audio("ca3").content_hash, "h1");
}

TEST(ContentChanged, HashIsKeptPerContentAndLastWins) {
  FoldedLog log;
  log.send(content_changed("c1", "h2"));
  log.send(content_changed("c1", "h3"));
  EXPECT_EQ(log.state().content_hash("c1", record::ContentType::kArticle), "h3");
  EXPECT_EQ(log.state().content_hash("c1", record::ContentType::kSubject), std::nullopt);
  EXPECT_EQ(log.state().content_hash("c2", record::ContentType::kArticle), std::nullopt);
}

TEST(ContentChanged, HashIsKeptAlsoWhenNoAudioChanges) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1", "h1"));
  const auto& result = log.send(content_changed("c1", "h1"));
  EXPECT_TRUE(result.audios.empty());
  EXPECT_EQ(log.state().content_hash("c1", record::ContentType::kArticle), "h1");
}

TEST(ContentChanged, UpdatedAtNeverGoesBack) {
  FoldedLog log;
  log.send(audio_created("ca1"), kT);
  log.send(content_changed("c1", "h2"), kT - 50);
  EXPECT_EQ(log.audio("ca1").updated_at, kT);
}

TEST(ContentChanged, ChangesComeInOrderOfCreationTimeAndId) {
  FoldedLog log;
  log.send(audio_created("b", "c1", "v1"), kT + 1);
  log.send(audio_created("a", "c1", "v2"), kT + 2);
  log.send(audio_created("c", "c1", "v3"), kT);
  const auto& result = log.send(content_changed("c1", "h2"));
  std::vector<std::string> ids;
  for (const auto& change : result.audios) ids.push_back(change.after->row.id);
  EXPECT_THAT(ids, ElementsAre("c", "b", "a"));
}

}  // namespace
}  // namespace ledger::testing
