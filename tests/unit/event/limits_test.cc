#include "schemas/event/limits.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

std::string verdict(const Event& event) {
  const std::optional<Rejection> violation = check_limits(event);
  if (!violation) return "legal";
  return std::string(to_text(violation->code)) + " " + std::string(violation->field);
}

TEST(IsLegalText, WantsUtf8WithoutNul) {
  EXPECT_TRUE(is_legal_text(""));
  EXPECT_TRUE(is_legal_text("plain"));
  EXPECT_TRUE(is_legal_text("na\xc3\xafve \xf0\x9f\x8e\xa7"));
  EXPECT_TRUE(is_legal_text("\x01\x7f"));
  for (const std::string_view bad :
       {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3"}) {
    EXPECT_FALSE(is_legal_text(bad));
  }
}

TEST(IsLegalText, FindsOneBadByteAtEveryPlaceOfEveryLength) {
  for (size_t length = 1; length < 40; ++length) {
    EXPECT_TRUE(is_legal_text(std::string(length, 'a')));
    for (size_t at = 0; at < length; ++at) {
      for (const char bad : {'\0', '\x80', '\xff'}) {
        std::string text(length, 'a');
        text[at] = bad;
        EXPECT_FALSE(is_legal_text(text)) << length << " at " << at;
      }
    }
  }
}

TEST(CheckLimits, SamplesAreLegal) {
  EXPECT_EQ(verdict(sample_play()), "legal");
  EXPECT_EQ(verdict(sample_created()), "legal");
  EXPECT_EQ(verdict(sample_status(record::Status::kCompleted)), "legal");
  EXPECT_EQ(verdict(sample_imported_audio()), "legal");
  EXPECT_EQ(verdict(sample_imported_listening()), "legal");
  EXPECT_EQ(verdict(sample_genesis()), "legal");
}

TEST(CheckLimits, EnvelopeTextsHave1To128Bytes) {
  Event event = sample_play();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{128}, size_t{129}}) {
    const std::string text(size, 'x');
    const bool legal = size == 1 || size == 128;
    event.correlation_id = text;
    EXPECT_EQ(verdict(event), legal ? "legal" : "limit correlationId");
    event.correlation_id.reset();
    event.causation_id = text;
    EXPECT_EQ(verdict(event), legal ? "legal" : "limit causationId");
    event.causation_id.reset();
    event.source = text;
    EXPECT_EQ(verdict(event), legal ? "legal" : "limit source");
    event.source = "s";
    event.actor.id = text;
    EXPECT_EQ(verdict(event), legal ? "legal" : "limit actor.id");
    event.actor.id = "a";
  }
}

template <typename P, typename Member>
void expect_member_bounds(const Event& sample, Member member, size_t bytes_max,
                          const std::string& name) {
  for (const size_t size : {size_t{0}, size_t{1}, bytes_max, bytes_max + 1}) {
    const std::string text(size, 'x');
    Event event = sample;
    std::get<P>(event.payload).*member = text;
    const bool legal = size == 1 || size == bytes_max;
    EXPECT_EQ(verdict(event), legal ? "legal" : "limit " + name) << size;
  }
}

TEST(CheckLimits, PayloadTextsHaveTheirBounds) {
  const Event created = sample_created();
  expect_member_bounds<AudioCreated>(created, &AudioCreated::content_audio_id, 64,
                                     "audioCreated.contentAudioId");
  expect_member_bounds<AudioCreated>(created, &AudioCreated::content_id, 128,
                                     "audioCreated.contentId");
  expect_member_bounds<AudioCreated>(created, &AudioCreated::content_hash, 128,
                                     "audioCreated.contentHash");
  expect_member_bounds<AudioCreated>(created, &AudioCreated::voice_id, 64, "audioCreated.voiceId");
  const Event play = sample_play();
  expect_member_bounds<PlayRecorded>(play, &PlayRecorded::user_id, 128, "playRecorded.userId");
  expect_member_bounds<PlayRecorded>(play, &PlayRecorded::content_audio_id, 64,
                                     "playRecorded.contentAudioId");
}

TEST(CheckLimits, LongTextsMayBeEmptyAndHaveTheirBounds) {
  for (const size_t size : {size_t{0}, size_t{256 * 1024}, size_t{256 * 1024 + 1}}) {
    const std::string text(size, 'x');
    Event event = sample_status(record::Status::kFailed);
    auto& changed = std::get<StatusChanged>(event.payload);
    changed.error_message = "";
    changed.script = text;
    EXPECT_EQ(verdict(event), size <= 256 * 1024 ? "legal" : "limit statusChanged.script");
    changed.script.reset();
    changed.error_message = std::string_view(text).substr(0, 16 * 1024 + size % 2);
    EXPECT_EQ(verdict(event), size % 2 == 0 ? "legal" : "limit statusChanged.errorMessage");
  }
}

TEST(CheckLimits, ErrorMessageIsGivenIfAndOnlyIfFailed) {
  for (uint16_t number = 1; number <= 5; ++number) {
    const auto status = static_cast<record::Status>(number);
    Event event = sample_status(status);
    const bool failed = status == record::Status::kFailed;
    EXPECT_EQ(verdict(event), failed ? "limit statusChanged.errorMessage" : "legal");
    std::get<StatusChanged>(event.payload).error_message = "e";
    EXPECT_EQ(verdict(event), failed ? "legal" : "limit statusChanged.errorMessage");
  }
}

TEST(CheckLimits, ImportedRowsMayKeepAnErrorMessageInAnyStatus) {
  Event event = sample_imported_audio();
  std::get<ImportedContentAudio>(std::get<RecordImported>(event.payload).row).error_message = "e";
  EXPECT_EQ(verdict(event), "legal");
}

TEST(CheckLimits, TimesAreAbove0AndBelow2To53) {
  Event event = sample_play();
  for (const double legal : {5e-324, 1.0, 9007199254740991.0}) {
    event.occurred_at = legal;
    EXPECT_EQ(verdict(event), "legal") << legal;
  }
  for (const double bad : {0.0, -0.0, -1.0, 9007199254740992.0, HUGE_VAL, std::nan("")}) {
    event.occurred_at = bad;
    EXPECT_EQ(verdict(event), "limit occurredAt") << bad;
  }
}

TEST(CheckLimits, VoiceSettingsMayBeNegativeAndMustBeFinite) {
  Event event = sample_created();
  auto& settings = std::get<AudioCreated>(event.payload).voice_settings.emplace();
  settings.stability = -1;
  EXPECT_EQ(verdict(event), "legal");
  settings.style = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(verdict(event), "limit audioCreated.voiceSettings.style");
}

TEST(CheckLimits, GoesInTheContractsOrder) {
  Event event = sample_imported_listening();
  auto& row = std::get<record::UserContentAudio>(std::get<RecordImported>(event.payload).row);
  const std::string prefix = "limit recordImported.userContentAudios.";
  row.play_count = -1;
  EXPECT_EQ(verdict(event), prefix + "playCount");
  row.updated_at = 0;
  EXPECT_EQ(verdict(event), prefix + "updatedAt");
  row.last_played_at = HUGE_VAL;
  EXPECT_EQ(verdict(event), prefix + "lastPlayedAt");
  row.content_audio_id = "";
  EXPECT_EQ(verdict(event), prefix + "contentAudioId");
  row.id = "";
  EXPECT_EQ(verdict(event), prefix + "_id");
  event.source = "";
  EXPECT_EQ(verdict(event), "limit source");
  event.actor.id = "";
  EXPECT_EQ(verdict(event), "limit actor.id");
  row.content_id = "";
  EXPECT_EQ(verdict(event), prefix + "contentId");
  row.user_id = "";
  EXPECT_EQ(verdict(event), prefix + "userId");
  event.causation_id = "\xff";
  EXPECT_EQ(verdict(event), "limit causationId");
  row.content_type = record::ContentType::kUnset;
  EXPECT_EQ(verdict(event), "unset recordImported.userContentAudios.contentType");
  event.actor.kind = ActorKind::kUnset;
  EXPECT_EQ(verdict(event), "unset actor.kind");
}

}  // namespace
}  // namespace ledger::event
