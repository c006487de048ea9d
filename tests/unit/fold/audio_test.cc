// Contract section 6: audioCreated and audioDeleted.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using record::Status;
using store::Code;
using store::Disposition;
using ::testing::ElementsAre;

void expect_refused(const fold::Result& result, Code code, std::string_view named_id) {
  EXPECT_EQ(result.outcome.disposition, Disposition::kNotApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(code));
  EXPECT_TRUE(result.audios.empty() && result.listenings.empty());
  ASSERT_TRUE(result.named);
  EXPECT_EQ(result.named->table, record::Table::kContentAudios);
  EXPECT_EQ(result.named->id, named_id);
}

void create_audios(FoldedLog& log, size_t count, std::string_view content_id) {
  for (size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    log.send(audio_created("many" + number, content_id, "v" + number));
  }
}

TEST(AudioCreated, BeginsARowWithTheGivenFields) {
  FoldedLog log;
  auto payload = audio_created("ca1", "c1", "v1", "h1");
  payload.locale = record::Locale::kId;
  payload.voice_settings = record::VoiceSettings{0.5, std::nullopt, 0};
  const auto& result = log.send(payload, kT - 7);
  EXPECT_TRUE(result.outcome.clean());
  record::ContentAudio expected;
  expected.id = "ca1";
  expected.creation_time = expected.updated_at = kT - 7;
  expected.content_id = "c1";
  expected.content_type = record::ContentType::kArticle;
  expected.locale = record::Locale::kId;
  expected.content_hash = "h1";
  expected.voice_id = "v1";
  expected.voice_settings = record::VoiceSettings{0.5, std::nullopt, 0};
  expected.status = Status::kPending;
  EXPECT_EQ(log.audio("ca1"), expected);
  ASSERT_EQ(result.audios.size(), 1U);
  EXPECT_FALSE(result.audios[0].before);
  EXPECT_EQ(raw(result.audios[0].after->rid), raw(log.last()));
}

TEST(AudioCreated, EmptyVoiceSettingsAreKeptAsGiven) {
  FoldedLog log;
  auto payload = audio_created("ca1");
  payload.voice_settings = record::VoiceSettings{};
  log.send(payload);
  EXPECT_EQ(log.audio("ca1").voice_settings, record::VoiceSettings{});
}

TEST(AudioCreated, LiveIdIsAudioExistsAlone) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(content_changed("c1", "h2"));
  expect_refused(log.send(audio_created("ca1", "c1", "v1", "h3")), Code::kAudioExists, "ca1");
  EXPECT_EQ(log.audio("ca1").content_hash, "h2");
}

TEST(AudioCreated, LiveIdOfAnotherContentIsAudioExists) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1"));
  expect_refused(log.send(audio_created("ca1", "c2")), Code::kAudioExists, "ca1");
}

TEST(AudioCreated, DeletedIdBeginsAnotherLife) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(audio_deleted("ca1"));
  const auto& result = log.send(audio_created("ca1"));
  EXPECT_TRUE(result.outcome.clean());
  EXPECT_EQ(raw(result.audios.at(0).after->rid), raw(log.last()));
}

TEST(AudioCreated, SameVoiceOfTheContentIsAppliedAndFlagged) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"));
  const auto& result = log.send(audio_created("ca2", "c1", "v1"));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kDuplicateContentVoice));
  EXPECT_EQ(log.audio("ca2").voice_id, "v1");
}

TEST(AudioCreated, SameVoiceOfAnotherContentTypeIsClean) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"));
  auto payload = audio_created("ca2", "c1", "v1");
  payload.content_type = record::ContentType::kSubject;
  EXPECT_TRUE(log.send(payload).outcome.clean());
}

TEST(AudioCreated, ForAnotherHashThanTheLastContentChangedIsCreatedStale) {
  FoldedLog log;
  log.send(content_changed("c1", "h2"));
  const auto& result = log.send(audio_created("ca1", "c1", "v1", "h1"));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kCreatedStale));
  EXPECT_EQ(log.audio("ca1").content_hash, "h1");
  EXPECT_TRUE(log.send(audio_created("ca2", "c1", "v2", "h2")).outcome.clean());
}

TEST(AudioCreated, BothFlagsStandInTheOrderOfTheText) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"));
  log.send(content_changed("c1", "h2"));
  EXPECT_THAT(log.send(audio_created("ca2", "c1", "v1", "h1"), kT + 3600 * 1000).outcome.codes,
              ElementsAre(Code::kDuplicateContentVoice, Code::kCreatedStale, Code::kClockAhead));
}

TEST(AudioCreated, ThousandthIsAppliedAndTheNextIsTooManyAlone) {
  FoldedLog log;
  create_audios(log, 999, "c1");
  EXPECT_TRUE(log.send(audio_created("ca1000", "c1", "vx")).outcome.clean());
  log.send(content_changed("c1", "h2"));
  expect_refused(log.send(audio_created("ca1001", "c1", "vx", "h1")), Code::kTooManyAudios,
                 "ca1001");
  EXPECT_TRUE(log.send(audio_created("ca1001", "c2", "vx")).outcome.clean());
  log.send(audio_deleted("ca1000"));
  EXPECT_TRUE(log.send(audio_created("ca1002", "c1", "vx", "h2")).outcome.clean());
}

TEST(AudioCreated, ExistingIdComesBeforeTooMany) {
  FoldedLog log;
  create_audios(log, 1000, "c1");
  expect_refused(log.send(audio_created("many7", "c1")), Code::kAudioExists, "many7");
}

TEST(AudioCreated, ImportedRowsCountForTheThousand) {
  FoldedLog log;
  create_audios(log, 1000, "c1");
  EXPECT_TRUE(log.send(imported(audio_row("ca1001", "c1", "vx"))).outcome.clean());
  log.send(audio_deleted("many0"));
  expect_refused(log.send(audio_created("ca1002", "c1", "vy")), Code::kTooManyAudios, "ca1002");
}

TEST(AudioCreated, IdWithTheDerivedPrefixIsLegal) {
  FoldedLog log;
  const std::string id = store::derived_id(log.shard().ledger_id, Partition{0}, Offset{77});
  EXPECT_TRUE(log.send(audio_created(id)).outcome.clean());
}

TEST(AudioDeleted, EndsTheRow) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  const Offset began = log.last();
  const auto& result = log.send(audio_deleted("ca1"));
  EXPECT_TRUE(result.outcome.clean());
  EXPECT_TRUE(log.state().audios().empty());
  ASSERT_EQ(result.audios.size(), 1U);
  EXPECT_EQ(raw(result.audios[0].before->rid), raw(began));
  EXPECT_FALSE(result.audios[0].after);
}

TEST(AudioDeleted, NoRowIsUnknownAudio) {
  FoldedLog log;
  expect_refused(log.send(audio_deleted("ca1")), Code::kUnknownAudio, "ca1");
}

TEST(AudioDeleted, RowOfAnotherContentIsContentMismatch) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1"));
  expect_refused(log.send(audio_deleted("ca1", "c2")), Code::kContentMismatch, "ca1");
  EXPECT_EQ(log.state().audios().size(), 1U);
}

}  // namespace
}  // namespace ledger::testing
