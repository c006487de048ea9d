// Contract section 6: statusChanged.
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using record::Status;
using store::Code;
using store::Disposition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void expect_refused(const fold::Result& result, Code code) {
  EXPECT_EQ(result.outcome.disposition, Disposition::kNotApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(code));
  EXPECT_TRUE(result.audios.empty());
  ASSERT_TRUE(result.named);
  EXPECT_EQ(result.named->id, "ca1");
}

TEST(StatusChanged, NoRowIsUnknownAudio) {
  FoldedLog log;
  expect_refused(log.send(status_changed("ca1", Status::kGeneratingScript)), Code::kUnknownAudio);
}

TEST(StatusChanged, RowOfAnotherContentIsContentMismatchBeforeStaleHash) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1", "h1"));
  expect_refused(log.send(status_changed("ca1", Status::kGeneratingScript, "c2", "h2")),
                 Code::kContentMismatch);
}

TEST(StatusChanged, WorkForAnotherHashIsStaleContentHash) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1", "h1"));
  expect_refused(log.send(status_changed("ca1", Status::kGeneratingScript, "c1", "h0")),
                 Code::kStaleContentHash);
  EXPECT_EQ(log.audio("ca1").status, Status::kPending);
}

TEST(StatusChanged, ExactlyTheNamedMovesAreLegal) {
  const std::set<std::pair<Status, Status>> legal = {
      {Status::kPending, Status::kGeneratingScript},
      {Status::kPending, Status::kFailed},
      {Status::kGeneratingScript, Status::kGeneratingScript},
      {Status::kGeneratingScript, Status::kGeneratingSpeech},
      {Status::kGeneratingScript, Status::kFailed},
      {Status::kGeneratingScript, Status::kPending},
      {Status::kGeneratingSpeech, Status::kGeneratingSpeech},
      {Status::kGeneratingSpeech, Status::kCompleted},
      {Status::kGeneratingSpeech, Status::kFailed},
      {Status::kGeneratingSpeech, Status::kPending},
      {Status::kFailed, Status::kGeneratingScript},
      {Status::kFailed, Status::kPending},
  };
  const auto all = {Status::kPending, Status::kGeneratingScript, Status::kGeneratingSpeech,
                    Status::kCompleted, Status::kFailed};
  for (const Status from : all) {
    for (const Status to : all) {
      FoldedLog log;
      auto row = audio_row("ca1");
      row.status = from;
      log.send(imported(row));
      const auto& result = log.send(status_changed("ca1", to));
      EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
      EXPECT_EQ(log.audio("ca1").status, to);
      const bool flagged = !result.outcome.codes.empty();
      EXPECT_EQ(flagged, !legal.contains({from, to})) << to_text(from) << " -> " << to_text(to);
      if (!flagged) continue;
      EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kIllegalTransition));
    }
  }
}

TEST(StatusChanged, ScriptAndAudioAreTakenIfGivenAndElseStay) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(status_changed("ca1", Status::kGeneratingScript));
  EXPECT_FALSE(log.audio("ca1").script);
  auto speech = with_audio(status_changed("ca1", Status::kGeneratingSpeech), "s1");
  speech.script = "Hello.";
  log.send(speech);
  const Offset script_at = log.last();
  log.send(status_changed("ca1", Status::kCompleted));
  const auto& row = log.audio("ca1");
  EXPECT_EQ(row.script, script_at);
  EXPECT_EQ(row.audio_storage_id, "s1");
  EXPECT_EQ(row.audio_duration, 61.5);
  EXPECT_EQ(row.audio_size, 4096);
}

TEST(StatusChanged, FailedSetsErrorMessageFailedAtAndCountsTheAttempt) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  EXPECT_TRUE(log.send(status_changed("ca1", Status::kFailed), kT + 5).outcome.clean());
  EXPECT_EQ(log.audio("ca1").error_message, log.last());
  EXPECT_EQ(log.audio("ca1").failed_at, kT + 5);
  EXPECT_EQ(log.audio("ca1").generation_attempts, 1);
}

TEST(StatusChanged, FailedAtIsTheEventsTimeEvenIfOlderThanUpdatedAt) {
  FoldedLog log;
  log.send(audio_created("ca1"), kT);
  log.send(status_changed("ca1", Status::kFailed), kT - 5);
  EXPECT_EQ(log.audio("ca1").failed_at, kT - 5);
  EXPECT_EQ(log.audio("ca1").updated_at, kT);
}

TEST(StatusChanged, RetryKeepsErrorMessageAndFailedAtUntilCompleted) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(status_changed("ca1", Status::kFailed));
  log.send(status_changed("ca1", Status::kGeneratingScript));
  log.send(status_changed("ca1", Status::kGeneratingSpeech));
  EXPECT_TRUE(log.audio("ca1").error_message);
  EXPECT_TRUE(log.audio("ca1").failed_at);
  EXPECT_TRUE(log.send(with_audio(status_changed("ca1", Status::kCompleted))).outcome.clean());
  EXPECT_FALSE(log.audio("ca1").error_message);
  EXPECT_FALSE(log.audio("ca1").failed_at);
  EXPECT_EQ(log.audio("ca1").generation_attempts, 1);
}

TEST(StatusChanged, CompletedWithoutAnAudioStorageIdIsAppliedAndFlagged) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(status_changed("ca1", Status::kGeneratingScript));
  log.send(status_changed("ca1", Status::kGeneratingSpeech));
  const auto& result = log.send(status_changed("ca1", Status::kCompleted));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kCompletedWithoutAudio));
}

TEST(StatusChanged, CompletedWithAnEarlierAudioStorageIdIsClean) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(status_changed("ca1", Status::kGeneratingScript));
  log.send(with_audio(status_changed("ca1", Status::kGeneratingSpeech)));
  EXPECT_THAT(log.send(status_changed("ca1", Status::kCompleted)).outcome.codes, IsEmpty());
}

TEST(StatusChanged, IllegalAndWithoutAudioStandInTheOrderOfTheText) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  EXPECT_THAT(log.send(status_changed("ca1", Status::kCompleted)).outcome.codes,
              ElementsAre(Code::kIllegalTransition, Code::kCompletedWithoutAudio));
}

TEST(StatusChanged, UpdatedAtIsTheLargerOfOldAndT) {
  FoldedLog log;
  log.send(audio_created("ca1"), kT);
  log.send(status_changed("ca1", Status::kGeneratingScript), kT - 100);
  EXPECT_EQ(log.audio("ca1").updated_at, kT);
  log.send(status_changed("ca1", Status::kGeneratingSpeech), kT + 100);
  EXPECT_EQ(log.audio("ca1").updated_at, kT + 100);
  EXPECT_EQ(log.audio("ca1").creation_time, kT);
}

TEST(StatusChanged, MakesAVersionEvenIfNoFieldChanged) {
  FoldedLog log;
  log.send(audio_created("ca1"), kT);
  log.send(status_changed("ca1", Status::kGeneratingScript), kT);
  const auto& result = log.send(status_changed("ca1", Status::kGeneratingScript), kT);
  EXPECT_TRUE(result.outcome.clean());
  ASSERT_EQ(result.audios.size(), 1U);
  EXPECT_EQ(result.audios[0].before->row, result.audios[0].after->row);
  EXPECT_EQ(result.audios[0].before->rid, result.audios[0].after->rid);
  EXPECT_EQ(raw(result.audios[0].after->from), raw(log.last()));
}

}  // namespace
}  // namespace ledger::testing
