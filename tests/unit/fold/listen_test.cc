// Contract section 6: accessRecorded, playRecorded and derived ids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/event/partition.h"
#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using store::Code;
using store::Disposition;
using ::testing::ElementsAre;

// A log with one live audio `ca1` of content c1.
struct Listen : ::testing::Test {
  FoldedLog log;
  Listen() { log.send(audio_created("ca1", "c1", "v1")); }
};

TEST_F(Listen, FirstPlayInsertsARowWithItsDerivedId) {
  const auto& result = log.send(play("u1"), kT + 3);
  EXPECT_TRUE(result.outcome.clean());
  record::UserContentAudio expected;
  expected.id = store::derived_id(log.shard().ledger_id, Partition{0}, log.last());
  expected.creation_time = expected.updated_at = kT + 3;
  expected.user_id = "u1";
  expected.content_audio_id = "ca1";
  expected.content_id = "c1";
  expected.content_type = record::ContentType::kArticle;
  expected.play_count = 1;
  expected.last_played_at = kT + 3;
  EXPECT_EQ(log.listening("u1"), expected);
  ASSERT_EQ(result.listenings.size(), 1U);
  EXPECT_EQ(raw(result.listenings[0].after->rid), raw(log.last()));
}

TEST_F(Listen, FirstAccessInsertsARowWithoutPlays) {
  EXPECT_TRUE(log.send(access("u1")).outcome.clean());
  EXPECT_EQ(log.listening("u1").play_count, 0);
  EXPECT_EQ(log.listening("u1").last_played_at, std::nullopt);
}

TEST_F(Listen, LaterPlaysCountOnTheSameRow) {
  log.send(access("u1"), kT);
  const auto first = log.listening("u1");
  const auto& result = log.send(play("u1"), kT + 5);
  EXPECT_TRUE(result.outcome.clean());
  EXPECT_EQ(result.listenings.at(0).before->rid, result.listenings.at(0).after->rid);
  EXPECT_EQ(log.listening("u1").id, first.id);
  EXPECT_EQ(log.listening("u1").creation_time, kT);
  EXPECT_EQ(log.listening("u1").play_count, 1);
  EXPECT_EQ(log.listening("u1").last_played_at, kT + 5);
  EXPECT_EQ(log.listening("u1").updated_at, kT + 5);
}

TEST_F(Listen, LastPlayedAtIsTheLargest) {
  log.send(play("u1"), kT);
  log.send(play("u1"), kT - 5);
  EXPECT_EQ(log.listening("u1").play_count, 2);
  EXPECT_EQ(log.listening("u1").last_played_at, kT);
  EXPECT_EQ(log.listening("u1").updated_at, kT);
}

TEST_F(Listen, OldPlayAfterANewerAccessStillSetsLastPlayedAt) {
  log.send(access("u1"), kT);
  log.send(play("u1"), kT - 5);
  EXPECT_EQ(log.listening("u1").last_played_at, kT - 5);
  EXPECT_EQ(log.listening("u1").updated_at, kT);
}

TEST_F(Listen, AccessLeavesPlaysAlone) {
  log.send(play("u1"), kT);
  log.send(access("u1"), kT + 5);
  EXPECT_EQ(log.listening("u1").play_count, 1);
  EXPECT_EQ(log.listening("u1").last_played_at, kT);
  EXPECT_EQ(log.listening("u1").updated_at, kT + 5);
}

TEST_F(Listen, ContentAudioIdIsTakenUnlessOlderThanTheRow) {
  log.send(audio_created("ca2", "c1", "v2"));
  log.send(audio_created("ca3", "c1", "v3"));
  log.send(play("u1", "ca1"), kT);
  log.send(play("u1", "ca2"), kT);
  EXPECT_EQ(log.listening("u1").content_audio_id, "ca2");
  log.send(access("u1", "ca3"), kT - 1);
  EXPECT_EQ(log.listening("u1").content_audio_id, "ca2");
  log.send(access("u1", "ca3"), kT + 1);
  EXPECT_EQ(log.listening("u1").content_audio_id, "ca3");
}

TEST_F(Listen, RowsAreKeyedByUserContentAndType) {
  log.send(play("u1", "ca1", "c1"));
  log.send(play("u2", "ca1", "c1"));
  log.send(play("u1", "ca9", "c9"));
  auto subject = play("u1", "ca1", "c1");
  subject.content_type = record::ContentType::kSubject;
  log.send(subject);
  EXPECT_EQ(log.state().listenings().size(), 4U);
}

TEST_F(Listen, NoSuchAudioIsAppliedAsUnknownAudio) {
  const auto& result = log.send(play("u1", "ca404"));
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kUnknownAudio));
  EXPECT_EQ(log.listening("u1").content_audio_id, "ca404");
  EXPECT_FALSE(result.named);
}

TEST_F(Listen, AudioOfAnotherContentIsUnknownAudio) {
  EXPECT_THAT(log.send(play("u1", "ca1", "c2")).outcome.codes, ElementsAre(Code::kUnknownAudio));
}

TEST_F(Listen, AudioOfAnotherContentTypeIsUnknownAudio) {
  auto subject = access("u1", "ca1", "c1");
  subject.content_type = record::ContentType::kSubject;
  EXPECT_THAT(log.send(subject).outcome.codes, ElementsAre(Code::kUnknownAudio));
}

TEST_F(Listen, DeletedAudioIsUnknownAudioAlsoOnAnUpdate) {
  log.send(play("u1"));
  log.send(audio_deleted("ca1"));
  const auto& result = log.send(play("u1"));
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kUnknownAudio));
  EXPECT_EQ(log.listening("u1").play_count, 2);
}

TEST(DerivedId, HoldsThePartitionAndTheOffset) {
  const Partition partition = event::partition_of("c1", 2);
  FoldedLog log(2, partition);
  log.send(play("u1"));
  EXPECT_EQ(log.listening("u1").id,
            store::derived_id(log.shard().ledger_id, partition, log.last()));
}

}  // namespace
}  // namespace ledger::testing
