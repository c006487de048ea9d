// What the fold asks of a real shard, and damage.
#include "tests/support/apply/direct_views.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "tests/support/fold/folded_log.h"
#include "tests/support/process.h"

namespace ledger::testing {
namespace {

using record::ContentType;

struct Direct : ::testing::Test {
  Direct() {
    state.position = Offset{1};
    writer.begin();
  }
  ~Direct() override { writer.abort(); }

  Offset send(const event::Payload& payload, double t = kT) {
    const fold::Result& result = log.send(payload, t);
    applier.apply(log.last(), 0, result, views, state);
    return log.last();
  }

  const index::Declarations declarations = index::load_declarations();
  const fold::Shard shard{ledger_opened().ledger_id, Partition{0}, 1};
  test::TempDir directory;
  store::LogIdentity log_identity{shard.ledger_id, "cluster", "topic", Partition{0}, 1, true};
  store::ShardWriter writer{
      directory.path() / "0", {log_identity, fold::kFoldVersion, declarations}, {.sync = false}};
  store::KeptLogWriter kept{directory.path() / "log", log_identity};
  DirectViews views{writer, kept, declarations};
  apply::Applier applier{declarations};
  store::ShardState state;
  FoldedLog log;
};

std::vector<std::string> ids_of(const std::vector<store::Stored<record::ContentAudio>>& rows) {
  std::vector<std::string> ids;
  for (const auto& stored : rows) ids.push_back(stored.row.id);
  return ids;
}

TEST_F(Direct, AudioIsFoundByItsWholeId) {
  const Offset at = send(audio_created("ca1"));
  const auto found = views.audio("ca1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->row, log.audio("ca1"));
  EXPECT_EQ(store::raw(found->rid), raw(at));
  EXPECT_EQ(found->from, at);
  EXPECT_FALSE(views.audio("ca"));
  EXPECT_FALSE(views.audio("ca11"));
}

TEST_F(Direct, AudiosOfAContentComeInOrderOfCreationTime) {
  send(audio_created("b", "c1", "v1"), kT + 1);
  send(audio_created("a", "c1", "v2"), kT + 2);
  send(audio_created("c", "c1", "v3"), kT);
  send(audio_created("d", "c11", "v3"), kT);
  auto subject = audio_created("e", "c1", "v3");
  subject.content_type = ContentType::kSubject;
  send(subject);
  EXPECT_EQ(ids_of(views.audios_of("c1", ContentType::kArticle)),
            (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_EQ(views.count_audios_of("c1", ContentType::kArticle, 1000), 3U);
  EXPECT_EQ(views.count_audios_of("c1", ContentType::kArticle, 2), 2U);
  EXPECT_EQ(views.count_audios_of("c", ContentType::kArticle, 2), 0U);
}

TEST_F(Direct, OtherAudioOfTheVoiceHasAnotherId) {
  send(audio_created("ca1", "c1", "v1"));
  const auto other = [&](std::string_view voice, std::string_view id) {
    return views.has_other_audio_of_voice("c1", ContentType::kArticle, voice, id);
  };
  EXPECT_FALSE(other("v1", "ca1"));
  EXPECT_TRUE(other("v1", "ca2"));
  EXPECT_TRUE(other("v1", "ca"));
  EXPECT_FALSE(other("v2", "ca2"));
  send(audio_created("ca2", "c1", "v1"), kT + 1);
  EXPECT_TRUE(other("v1", "ca1"));
}

TEST_F(Direct, ListeningIsFoundByIdentityAndById) {
  send(play("u1"));
  const auto found = views.listening("u1", "c1", ContentType::kArticle);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->row, log.listening("u1"));
  EXPECT_EQ(views.listening_by_id(found->row.id), found);
  EXPECT_FALSE(views.listening("u1", "c1", ContentType::kSubject));
  EXPECT_FALSE(views.listening("u", "c1", ContentType::kArticle));
  EXPECT_FALSE(views.listening("u1", "c", ContentType::kArticle));
}

TEST_F(Direct, ContentHashAndEventIdsAreFound) {
  auto event = event_of(content_changed("c1", "h9"));
  EXPECT_FALSE(views.event_taken(event.event_id));
  const fold::Result& result = log.send(event);
  applier.apply(log.last(), 0, result, views, state);
  EXPECT_EQ(views.event_taken(event.event_id), log.last());
  EXPECT_EQ(views.content_hash("c1", ContentType::kArticle), "h9");
  EXPECT_FALSE(views.content_hash("c1", ContentType::kSubject));
}

TEST_F(Direct, KeptValueComesFromTheKeptLog) {
  const store::KeptEvent event{Offset{0}, 5, 5, "c1", "value", std::nullopt};
  kept.append({&event, 1});
  EXPECT_EQ(views.kept_value(Offset{0}), "value");
  EXPECT_FALSE(views.kept_value(Offset{1}));
}

TEST_F(Direct, IndexEntryWithoutItsRowIsDamage) {
  const Offset at = send(audio_created("ca1"));
  writer.erase(store::View::kContentAudioRows, store::rid_key(store::Rid{raw(at)}));
  EXPECT_THROW(views.audio("ca1"), Error);
}

TEST_F(Direct, MissingLookupIndexIsRefused) {
  index::Declarations fewer = declarations;
  std::erase_if(fewer.indexes, [](const auto& spec) { return spec.name == "user_content"; });
  try {
    DirectViews other(writer, kept, fewer);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIncompatible);
    EXPECT_NE(std::string(error.what()).find("userId, contentId, contentType"), std::string::npos);
  }
}

}  // namespace
}  // namespace ledger::testing
