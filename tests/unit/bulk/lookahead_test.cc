#include "projector/bulk/lookahead.h"

#include <gtest/gtest.h>

#include "projector/bulk/lookups.h"
#include "schemas/event/codec.h"
#include "tests/support/event/forms.h"

namespace ledger::bulk {
namespace {

store::KeptEvent kept(int64_t offset, std::optional<std::string_view> key,
                      std::optional<std::string_view> value) {
  store::KeptEvent event;
  event.offset = Offset{offset};
  event.timestamp_ms = 10 * offset;
  event.key = key;
  event.value = value;
  return event;
}

TEST(Lookahead, EventsComeOutAsTheyWentInRoundAfterRound) {
  Lookahead ahead;
  int64_t out = 0;
  for (int64_t in = 0; in < 50; ++in) {
    if (ahead.full()) {
      const Lookahead::Item& item = ahead.pop();
      EXPECT_EQ(item.offset, Offset{out});
      EXPECT_EQ(item.end, Offset{out + 1});
      EXPECT_EQ(item.timestamp_ms, 10 * out);
      EXPECT_EQ(item.key, "key " + std::to_string(out));
      ++out;
    }
    const std::string key = "key " + std::to_string(in);  // ends before its turn comes
    ahead.push(kept(in, key, "no event"));
  }
  EXPECT_EQ(ahead.size(), Lookahead::kEvents);
  EXPECT_EQ(out, 50 - static_cast<int64_t>(Lookahead::kEvents));
}

TEST(Lookahead, NullsAndGapsStayWhatTheyAre) {
  Lookahead ahead;
  store::KeptEvent gap = kept(4, std::nullopt, std::nullopt);
  gap.gap_until = Offset{9};
  ahead.push(kept(3, std::nullopt, std::nullopt));
  ahead.push(gap);
  const Lookahead::Item& null = ahead.pop();
  EXPECT_EQ(null.key, std::nullopt);
  EXPECT_FALSE(null.is_gap);
  EXPECT_TRUE(std::holds_alternative<event::Rejection>(null.decoded));
  const Lookahead::Item& second = ahead.pop();
  EXPECT_TRUE(second.is_gap);
  EXPECT_EQ(second.end, Offset{9});
  EXPECT_FALSE(second.listened);
}

TEST(Lookahead, OnlyWhatIsListenedToHasHashes) {
  event::Event play;
  play.actor = {event::ActorKind::kUser, "u"};
  play.event_id.fill(7);
  play.occurred_at = 1.7e12;
  play.source = "test";
  play.payload = event::PlayRecorded{{"u", "a", "c", record::ContentType::kArticle}};
  event::Event changed = play;
  changed.payload = event::ContentChanged{"c", record::ContentType::kArticle, "hash"};
  Lookahead ahead;
  const std::string played = event::encoded(play);
  const auto listened = ahead.push(kept(0, "c", played)).listened;
  ASSERT_TRUE(listened.has_value());
  EXPECT_EQ(listened->audio, audio_hash("a"));
  EXPECT_EQ(listened->listening, natural_hash("u", "c", record::ContentType::kArticle));
  EXPECT_FALSE(ahead.push(kept(1, "c", event::encoded(changed))).listened);
}

}  // namespace
}  // namespace ledger::bulk
