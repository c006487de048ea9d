// Contract section 6: event ids, and the clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using store::Code;
using store::Disposition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kTenMinutes = 600000;

TEST(EventId, AgainWithEqualPayloadIsADuplicateAndNothingElse) {
  FoldedLog log;
  const auto event = event_of(audio_created("ca1"));
  log.send(event);
  const auto& again = log.send(event);
  EXPECT_EQ(again.outcome, (store::Outcome{Disposition::kDuplicate, {}, ""}));
  EXPECT_TRUE(again.audios.empty() && again.listenings.empty());
  EXPECT_FALSE(again.takes_event_id || again.named || again.content_hash);
}

TEST(EventId, EnvelopeIsNotCompared) {
  FoldedLog log;
  auto event = event_of(audio_created("ca1"));
  log.send(event);
  event.source = "another/2";
  event.occurred_at = kT - 5;
  event.correlation_id = "x";
  EXPECT_EQ(log.send(event).outcome.disposition, Disposition::kDuplicate);
}

TEST(EventId, AgainWithAnotherPayloadIsReusedAndNotApplied) {
  FoldedLog log;
  auto event = event_of(audio_created("ca1"));
  log.send(event);
  event.payload = audio_created("ca2");
  const auto& again = log.send(event);
  EXPECT_EQ(again.outcome.disposition, Disposition::kNotApplied);
  EXPECT_THAT(again.outcome.codes, ElementsAre(Code::kEventIdReused));
  EXPECT_TRUE(again.audios.empty());
  ASSERT_TRUE(again.named);
  EXPECT_EQ(again.named->id, "ca2");
}

TEST(EventId, AccessAndPlayOfEqualFieldsAreDifferentPayloads) {
  FoldedLog log;
  auto event = event_of(access("u1"));
  log.send(event);
  event.payload = play("u1");
  EXPECT_THAT(log.send(event).outcome.codes, ElementsAre(Code::kEventIdReused));
}

TEST(EventId, TakenByAnEventThatWasNotApplied) {
  FoldedLog log;
  auto event = event_of(audio_deleted("ca1"));
  EXPECT_THAT(log.send(event).outcome.codes, ElementsAre(Code::kUnknownAudio));
  EXPECT_EQ(log.send(event).outcome.disposition, Disposition::kDuplicate);
  event.payload = audio_created("ca1");
  EXPECT_THAT(log.send(event).outcome.codes, ElementsAre(Code::kEventIdReused));
}

TEST(EventId, ComparedWithTheFirstThatTookIt) {
  FoldedLog log;
  auto event = event_of(audio_created("ca1"));
  log.send(event);
  event.payload = audio_created("ca2");
  log.send(event);
  EXPECT_THAT(log.send(event).outcome.codes, ElementsAre(Code::kEventIdReused));
  event.payload = audio_created("ca1");
  EXPECT_EQ(log.send(event).outcome.disposition, Disposition::kDuplicate);
}

TEST(EventId, ReusedStandsAloneBeforeTheCodesOfThePayload) {
  FoldedLog log;
  auto event = event_of(audio_created("ca1"));
  log.send(event);
  event.payload = audio_deleted("nothing");
  EXPECT_THAT(log.send(event).outcome.codes, ElementsAre(Code::kEventIdReused));
}

TEST(EventId, ReusedByAPlayNamesItsRowOnlyIfItLives) {
  FoldedLog log;
  auto event = event_of(audio_created("ca1"));
  log.send(event);
  event.payload = play("u1");
  EXPECT_FALSE(log.send(event).named);
  log.send(play("u1"));
  const auto& again = log.send(event);
  ASSERT_TRUE(again.named);
  EXPECT_EQ(again.named->table, record::Table::kUserContentAudios);
  EXPECT_EQ(again.named->id, log.listening("u1").id);
}

TEST(EventId, ThatPointsToNoEventOfTheKeptLogIsDamage) {
  FoldedLog log;
  const auto event = event_of(audio_created("ca1"));
  log.send(event);
  log.state().keep(log.last(), std::nullopt);
  EXPECT_THROW(log.send(event), Error);
}

TEST(Clock, TenMinutesAheadIsTheProducersTime) {
  FoldedLog log;
  EXPECT_TRUE(log.send(audio_created("ca1"), kT + kTenMinutes).outcome.clean());
  EXPECT_EQ(log.audio("ca1").creation_time, kT + kTenMinutes);
}

TEST(Clock, OverTenMinutesAheadIsFlaggedAndTheLogTimeCounts) {
  FoldedLog log;
  const auto& result = log.send(audio_created("ca1"), kT + kTenMinutes + 1);
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kClockAhead));
  EXPECT_EQ(log.audio("ca1").creation_time, kT);
  EXPECT_EQ(log.audio("ca1").updated_at, kT);
}

TEST(Clock, AheadIsFlaggedBesideARefusingCode) {
  FoldedLog log;
  const auto& result = log.send(audio_deleted("ca1"), kT + 2 * kTenMinutes);
  EXPECT_EQ(result.outcome.disposition, Disposition::kNotApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kUnknownAudio, Code::kClockAhead));
}

TEST(Clock, AheadIsFlaggedOnAReusedEventId) {
  FoldedLog log;
  auto event = event_of(audio_created("ca1"), kT + 2 * kTenMinutes);
  log.send(event);
  event.payload = audio_created("ca2");
  EXPECT_THAT(log.send(event).outcome.codes, ElementsAre(Code::kEventIdReused, Code::kClockAhead));
}

TEST(Clock, AheadIsNotFlaggedOnADuplicate) {
  FoldedLog log;
  const auto event = event_of(audio_created("ca1"), kT + 2 * kTenMinutes);
  log.send(event);
  EXPECT_THAT(log.send(event).outcome.codes, IsEmpty());
}

TEST(Clock, AnyTimeInThePastIsTheProducersTime) {
  FoldedLog log;
  EXPECT_TRUE(log.send(audio_created("ca1"), 1).outcome.clean());
  EXPECT_EQ(log.audio("ca1").creation_time, 1);
}

}  // namespace
}  // namespace ledger::testing
