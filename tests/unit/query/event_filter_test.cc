#include "query/event_filter.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger::query {
namespace {

event::Decoded play() {
  event::Event event;
  event.occurred_at = 1000;
  event.actor = {event::ActorKind::kUser, "u7"};
  event.source = "app/1";
  event::PlayRecorded played;
  played.user_id = "u7";
  played.content_audio_id = "a1";
  played.content_id = "c1";
  event.payload = played;
  return event;
}

bool shows(const EventFilter& filter, bool by_log_time = false) {
  return matches(filter, play(), by_log_time) && matches(filter, {}, store::Outcome());
}

TEST(EventFilter, ShowsAllWithoutConditions) { EXPECT_TRUE(shows({})); }

TEST(EventFilter, TheWindowIsHalfOpenByOccurredAt) {
  EventFilter filter;
  filter.since_ms = 1000;
  filter.until_ms = 1001;
  EXPECT_TRUE(shows(filter));
  filter.until_ms = 1000;
  EXPECT_FALSE(shows(filter));
  filter.until_ms = std::nullopt;
  filter.since_ms = 1001;
  EXPECT_FALSE(shows(filter));
  EXPECT_TRUE(shows(filter, true));  // by log time: the log has answered it
}

TEST(EventFilter, AsksForTheActorWhole) {
  EventFilter filter;
  filter.actor_kind = event::ActorKind::kUser;
  EXPECT_TRUE(shows(filter));
  filter.actor_id = "u7";
  EXPECT_TRUE(shows(filter));
  filter.actor_id->resize(1);
  EXPECT_FALSE(shows(filter));
  filter.actor_id->append("7");
  filter.actor_kind = event::ActorKind::kService;
  EXPECT_FALSE(shows(filter));
}

TEST(EventFilter, AsksForMembersOfAnyPayload) {
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"payload", "playRecorded"},
                                                        {"userId", "u7"},
                                                        {"contentAudioId", "a1"},
                                                        {"contentId", "c1"},
                                                        {"source", "app/1"},
                                                        {"outcome", "applied"}}) {
    EventFilter filter;
    filter.members = {{name, text}};
    EXPECT_TRUE(shows(filter)) << name;
    filter.members[0].second = name == "outcome" ? "duplicate" : "other";
    EXPECT_FALSE(shows(filter)) << name;
  }
  EventFilter voice;
  voice.members = {{"voiceId", "v1"}};
  EXPECT_FALSE(shows(voice));
}

TEST(EventFilter, AGapIsNotApplied) {
  store::KeptEvent gap;
  gap.gap_until = Offset{9};
  EventFilter filter;
  filter.members = {{"outcome", "applied"}};
  EXPECT_FALSE(matches(filter, gap, store::Outcome()));
  filter.members[0].second = "gap";
  EXPECT_NO_THROW(check_filter(filter));
  EXPECT_TRUE(matches(filter, gap, store::Outcome()));
}

TEST(EventFilter, RefusesWhatNoEventHas) {
  EventFilter filter;
  filter.members = {{"userid", "u7"}};
  EXPECT_THROW(check_filter(filter), Error);
  filter.members = {{"payload", "play"}};
  EXPECT_THROW(check_filter(filter), Error);
  filter.members = {{"outcome", "lost"}};
  EXPECT_THROW(check_filter(filter), Error);
  filter.members = {{"outcome", "quarantined"}};
  EXPECT_NO_THROW(check_filter(filter));
}

}  // namespace
}  // namespace ledger::query
