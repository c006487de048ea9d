// Contract section 6: recordImported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using record::Status;
using record::Table;
using store::Code;
using store::Disposition;
using ::testing::ElementsAre;

void expect_reserved(const fold::Result& result, Table table, std::string_view id) {
  EXPECT_EQ(result.outcome.disposition, Disposition::kNotApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kReservedId));
  EXPECT_TRUE(result.audios.empty() && result.listenings.empty());
  ASSERT_TRUE(result.named);
  EXPECT_EQ(result.named->table, table);
  EXPECT_EQ(result.named->id, id);
}

std::string derived_id_at(const FoldedLog& log, int64_t offset) {
  return store::derived_id(log.shard().ledger_id, Partition{0}, Offset{offset});
}

TEST(ImportAudio, InsertsTheRowAsGiven) {
  FoldedLog log;
  const auto row = audio_row("ca1");
  const auto& result = log.send(imported(row), kT - 999);
  EXPECT_TRUE(result.outcome.clean());
  EXPECT_EQ(log.audio("ca1"), row);
  EXPECT_EQ(raw(result.audios.at(0).after->rid), raw(log.last()));
}

TEST(ImportAudio, LongTextIsNamedByTheOffsetOfTheImport) {
  FoldedLog log;
  auto row = audio_row("ca1");
  row.status = Status::kFailed;
  log.send(event::RecordImported{event::ImportedContentAudio{row, "script", "message"}});
  EXPECT_EQ(log.audio("ca1").script, log.last());
  EXPECT_EQ(log.audio("ca1").error_message, log.last());
}

TEST(ImportAudio, SameIdReplacesTheRowAndKeepsTheRid) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"));
  const Offset began = log.last();
  auto row = audio_row("ca1", "c2", "v9");
  const auto& result = log.send(imported(row));
  EXPECT_TRUE(result.outcome.clean());
  ASSERT_EQ(result.audios.size(), 1U);
  EXPECT_EQ(raw(result.audios[0].before->rid), raw(began));
  EXPECT_EQ(raw(result.audios[0].after->rid), raw(began));
  EXPECT_EQ(log.audio("ca1"), row);
}

TEST(ImportAudio, TransitionsAreNotChecked) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  auto row = audio_row("ca1");
  row.status = Status::kCompleted;
  row.audio_storage_id.reset();
  EXPECT_TRUE(log.send(imported(row)).outcome.clean());
}

TEST(ImportAudio, HashOfTheContentIsNotChecked) {
  FoldedLog log;
  log.send(content_changed("c1", "h2"));
  EXPECT_TRUE(log.send(imported(audio_row("ca1", "c1"))).outcome.clean());
}

TEST(ImportAudio, SameVoiceOfTheContentIsAppliedAndFlagged) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"));
  const auto& result = log.send(imported(audio_row("ca2", "c1", "v1")));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kDuplicateContentVoice));
}

TEST(ImportAudio, ReplacedRowIsNoOtherAudioOfTheVoice) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"));
  EXPECT_TRUE(log.send(imported(audio_row("ca1", "c1", "v1"))).outcome.clean());
}

TEST(ImportAudio, OlderThanTheRowItReplacesIsAppliedAndFlagged) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"), kT);
  auto row = audio_row("ca1");
  row.updated_at = kT - 1;
  const auto& result = log.send(imported(row));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kImportReplacesNewer));
  EXPECT_EQ(log.audio("ca1").updated_at, kT - 1);
}

TEST(ImportAudio, EquallyOldIsNotFlagged) {
  FoldedLog log;
  log.send(audio_created("ca1"), kT);
  EXPECT_TRUE(log.send(imported(audio_row("ca1"))).outcome.clean());
}

TEST(ImportAudio, FlagsStandInTheOrderOfTheText) {
  FoldedLog log;
  log.send(audio_created("ca1", "c1", "v1"), kT);
  log.send(audio_created("ca2", "c1", "v2"), kT);
  auto row = audio_row("ca1", "c1", "v2");
  row.updated_at = kT - 1;
  EXPECT_THAT(
      log.send(imported(row), kT + 3600 * 1000).outcome.codes,
      ElementsAre(Code::kDuplicateContentVoice, Code::kImportReplacesNewer, Code::kClockAhead));
}

TEST(ImportAudio, DerivedIdThatIsNoLiveListeningIsReserved) {
  FoldedLog log;
  const std::string id = derived_id_at(log, 900);
  expect_reserved(log.send(imported(audio_row(id))), Table::kContentAudios, id);
}

TEST(ImportAudio, DerivedIdOfALiveListeningIsNotReserved) {
  FoldedLog log;
  log.send(play("u1"));
  EXPECT_TRUE(log.send(imported(audio_row(log.listening("u1").id))).outcome.clean());
}

TEST(ImportAudio, ReservedIdOfALiveAudioIsNotApplied) {
  FoldedLog log;
  const std::string id = derived_id_at(log, 900);
  log.send(audio_created(id), kT);
  auto row = audio_row(id);
  row.updated_at = kT - 1;
  expect_reserved(log.send(imported(row)), Table::kContentAudios, id);
}

TEST(ImportListening, InsertsTheRowAsGiven) {
  FoldedLog log;
  const auto row = listening_row("uc1", "u1");
  EXPECT_TRUE(log.send(imported(row)).outcome.clean());
  EXPECT_EQ(log.listening("u1"), row);
}

TEST(ImportListening, PrefixOfAnotherLedgerIsNotReserved) {
  FoldedLog log;
  EXPECT_TRUE(log.send(imported(listening_row("uca_zzzzzz0000000000001", "u1"))).outcome.clean());
}

TEST(ImportListening, ReservedUnlessItsRowLives) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  const std::string id = derived_id_at(log, 900);
  expect_reserved(log.send(imported(listening_row(id, "u1"))), Table::kUserContentAudios, id);
  log.send(play("u1"));
  const std::string live = log.listening("u1").id;
  EXPECT_TRUE(log.send(imported(listening_row(live, "u1"))).outcome.clean());
}

TEST(ImportListening, ReservedAgainAfterItsRowEnded) {
  FoldedLog log;
  log.send(play("u1"));
  const std::string derived = log.listening("u1").id;
  log.send(imported(listening_row("uc1", "u1")));
  expect_reserved(log.send(imported(listening_row(derived, "u2"))), Table::kUserContentAudios,
                  derived);
}

TEST(ImportListening, ReservedStandsAlone) {
  FoldedLog log;
  log.send(play("u1"), kT);
  auto row = listening_row(derived_id_at(log, 900), "u1");
  row.updated_at = kT - 1;
  expect_reserved(log.send(imported(row)), Table::kUserContentAudios, row.id);
}

TEST(ImportListening, SameIdReplacesTheRowAndKeepsTheRid) {
  FoldedLog log;
  log.send(imported(listening_row("uc1", "u1", "c1")));
  const Offset began = log.last();
  const auto row = listening_row("uc1", "u2", "c2");
  const auto& result = log.send(imported(row));
  EXPECT_TRUE(result.outcome.clean());
  ASSERT_EQ(result.listenings.size(), 1U);
  EXPECT_EQ(raw(result.listenings[0].after->rid), raw(began));
  EXPECT_EQ(log.listening("u2", "c2"), row);
  EXPECT_EQ(log.state().listenings().size(), 1U);
}

TEST(ImportListening, SameIdentityWithAnotherIdEndsOneLifeAndBeginsAnother) {
  FoldedLog log;
  log.send(imported(listening_row("uc1", "u1")));
  const Offset began = log.last();
  const auto row = listening_row("uc2", "u1");
  const auto& result = log.send(imported(row));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kIdentityReplaced));
  ASSERT_EQ(result.listenings.size(), 2U);
  EXPECT_EQ(raw(result.listenings[0].before->rid), raw(began));
  EXPECT_FALSE(result.listenings[0].after);
  EXPECT_FALSE(result.listenings[1].before);
  EXPECT_EQ(raw(result.listenings[1].after->rid), raw(log.last()));
  EXPECT_EQ(log.listening("u1"), row);
}

TEST(ImportListening, HittingTwoRowsReplacesBothAndTheOneOfTheIdLivesOn) {
  FoldedLog log;
  log.send(imported(listening_row("uc1", "u1")));
  const Offset by_id = log.last();
  log.send(imported(listening_row("uc2", "u2")));
  const Offset by_identity = log.last();
  const auto row = listening_row("uc1", "u2");
  const auto& result = log.send(imported(row));
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kIdentityReplaced));
  ASSERT_EQ(result.listenings.size(), 2U);
  EXPECT_EQ(raw(result.listenings[0].before->rid), raw(by_identity));
  EXPECT_FALSE(result.listenings[0].after);
  EXPECT_EQ(raw(result.listenings[1].before->rid), raw(by_id));
  EXPECT_EQ(raw(result.listenings[1].after->rid), raw(by_id));
  EXPECT_EQ(log.state().listenings().size(), 1U);
  EXPECT_EQ(log.listening("u2"), row);
}

TEST(ImportListening, OlderThanEitherRowItReplacesIsFlaggedAfterIdentityReplaced) {
  FoldedLog log;
  auto older = listening_row("uc1", "u1");
  older.updated_at = kT - 10;
  log.send(imported(older));
  log.send(imported(listening_row("uc2", "u2")));
  auto row = listening_row("uc1", "u2");
  row.updated_at = kT - 5;
  EXPECT_THAT(log.send(imported(row)).outcome.codes,
              ElementsAre(Code::kIdentityReplaced, Code::kImportReplacesNewer));
}

TEST(ImportListening, UnknownAudioIsNotFlagged) {
  FoldedLog log;
  EXPECT_TRUE(log.send(imported(listening_row("uc1", "u1"))).outcome.clean());
}

TEST(ImportListening, LaterPlaysCountOnTheImportedRow) {
  FoldedLog log;
  log.send(audio_created("ca1"));
  log.send(imported(listening_row("uc1", "u1")));
  log.send(play("u1"), kT + 1);
  EXPECT_EQ(log.listening("u1").id, "uc1");
  EXPECT_EQ(log.listening("u1").play_count, 8);
}

}  // namespace
}  // namespace ledger::testing
