// The stream over the real changes: what is real in it, and that the rest is sensible.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <unordered_map>

#include <gtest/gtest.h>

#include "schemas/event/limits.h"
#include "tests/support/generate/changes.h"
#include "tests/support/generate/stream.h"
#include "tests/unit/generate/status_rules.h"
#include "tests/unit/generate/stream_text.h"

namespace ledger::generate {
namespace {

Settings recorded() {
  Settings settings;
  settings.input =
      std::string(std::getenv("LEDGER_SOURCE_DIR")) + "/tests/data/content_changes.tsv";
  return settings;
}

std::string text_of(const Settings& settings) { return text_of(*open_recorded(settings)); }

TEST(RecordedStream, SameSeedSameBytesAndAnotherSeedOtherBytes) {
  Settings settings = recorded();
  settings.changes = 300;
  settings.events = 8'000;
  const std::string first = text_of(settings);
  EXPECT_EQ(first, text_of(settings));
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 8'000);
  settings.seed = 43;
  EXPECT_NE(first, text_of(settings));
}

TEST(RecordedStream, FewerEventsThanChangesAndJobsAreTheirBeginning) {
  Settings settings = recorded();
  settings.changes = 300;
  const std::string all = text_of(settings);
  settings.events = 500;
  const std::string some = text_of(settings);
  EXPECT_EQ(std::count(some.begin(), some.end(), '\n'), 500);
  EXPECT_EQ(all.substr(0, some.size()), some);
}

void expect_real(const event::Event& event, const Changes& changes, const Change& change) {
  ASSERT_EQ(event.source, kRealSource);
  ASSERT_EQ(event.occurred_at, change.time);
  ASSERT_EQ(event::content_id(event.payload), changes.content_ids[change.content]);
  if (const auto* created = std::get_if<event::AudioCreated>(&event.payload)) {
    ASSERT_EQ(change.kind, ChangeKind::kCreated);
    ASSERT_EQ(created->content_hash, change.hash);
    ASSERT_EQ(created->locale, change.locale);
  } else if (const auto* changed = std::get_if<event::ContentChanged>(&event.payload)) {
    ASSERT_EQ(change.kind, ChangeKind::kChanged);
    ASSERT_EQ(changed->content_hash, change.hash);
  } else {
    ASSERT_TRUE(std::holds_alternative<event::AudioDeleted>(event.payload));
    ASSERT_EQ(change.kind, ChangeKind::kDeleted);
  }
}

TEST(RecordedStream, EveryRealChangeIsThereWithItsTimeAndHashAndNothingElseIsCalledReal) {
  Settings settings = recorded();
  settings.events = 100'000;
  settings.voices = 3;
  const Changes changes = read_changes(settings.input, {}, {});
  ASSERT_EQ(changes.all.size(), 6'641u);
  ASSERT_EQ(changes.content_ids.size(), 1'554u);

  const auto stream = open_recorded(settings);
  event::Event event;
  size_t at = 0;
  uint32_t voice = 0;
  while (stream->next(event)) {
    if (event.source == kSyntheticSource) continue;
    ASSERT_LT(at, changes.all.size());
    ASSERT_NO_FATAL_FAILURE(expect_real(event, changes, changes.all[at]));
    // Changes stand once, creations and deletions once for each voice.
    if (changes.all[at].kind == ChangeKind::kChanged || ++voice == settings.voices) {
      voice = 0;
      ++at;
    }
  }
  EXPECT_EQ(at, changes.all.size());
}

TEST(RecordedStream, RealOnlyIsTheRealEventsAlone) {
  Settings settings = recorded();
  settings.real_only = true;
  const auto stream = open_recorded(settings);
  event::Event event;
  std::map<std::string_view, int> count;
  while (stream->next(event)) {
    ASSERT_EQ(event.source, kRealSource);
    ++count[event::payload_name(event.payload)];
  }
  EXPECT_EQ(count,
            (std::map<std::string_view, int>{
                {"audioCreated", 2 * 1554}, {"contentChanged", 4313}, {"audioDeleted", 2 * 774}}));
}

void expect_id_lengths(const event::Event& event) {
  if (const auto* created = std::get_if<event::AudioCreated>(&event.payload)) {
    ASSERT_EQ(created->content_audio_id.size(), 32u);
    ASSERT_EQ(created->content_id.size(), 32u);
    ASSERT_EQ(created->voice_id.size(), 20u);
    ASSERT_EQ(created->content_hash.size(), 64u);
  } else if (const auto* play = std::get_if<event::PlayRecorded>(&event.payload)) {
    ASSERT_EQ(play->user_id.size(), 32u);
    ASSERT_EQ(play->content_audio_id.size(), 32u);
  }
}

TEST(RecordedStream, KeepsEveryLimitTimeOrderAndIdLengths) {
  Settings settings = recorded();
  settings.events = 150'000;
  const auto stream = open_recorded(settings);
  event::Event event;
  double last = 0;
  std::set<Uuid> ids;
  while (stream->next(event)) {
    ASSERT_FALSE(event::check_limits(event));
    ASSERT_GE(event.occurred_at, last);
    last = event.occurred_at;
    ASSERT_TRUE(ids.insert(event.event_id).second);
    ASSERT_NO_FATAL_FAILURE(expect_id_lengths(event));
  }
  EXPECT_EQ(ids.size(), 150'000u);
}

TEST(RecordedStream, EveryAppliedStatusMoveIsLegalAndAllEndsOfJobsOccur) {
  const auto stream = open_recorded(recorded());
  event::Event event;
  Audios audios;
  while (stream->next(event)) audios.apply(event);
  const Tally& tally = audios.tally();
  EXPECT_EQ(tally.illegal, 0u);
  EXPECT_EQ(audios.live(), 2u * 780);
  // 11,734 jobs; most complete, some fail, some are overtaken by the next change.
  auto moves = tally.moves;
  EXPECT_GT(moves[record::Status::kCompleted], 8'000u);
  EXPECT_GT(moves[record::Status::kFailed], 400u);
  EXPECT_GT(moves[record::Status::kPending], 50u);
  EXPECT_GT(tally.stale, 20u);
  EXPECT_GT(tally.unknown, 0u);
  EXPECT_GT(audios.in(record::Status::kGeneratingSpeech), 0u);  // workers that hung
  EXPECT_GT(audios.in(record::Status::kCompleted), 1'400u);
}

struct Visits {
  std::unordered_map<std::string, int> by_user;
  std::unordered_map<std::string, int> by_content;
  int plays = 0;
  int accesses = 0;
  Audios audios;

  explicit Visits(const Settings& settings) {
    const auto stream = open_recorded(settings);
    event::Event event;
    while (stream->next(event)) {
      audios.apply(event);
      plays += std::holds_alternative<event::PlayRecorded>(event.payload) ? 1 : 0;
      accesses += std::holds_alternative<event::AccessRecorded>(event.payload) ? 1 : 0;
      if (event.actor.kind != event::ActorKind::kUser) continue;
      ++by_user[std::string(event.actor.id)];
      ++by_content[std::string(event::content_id(event.payload))];
    }
  }
};

TEST(RecordedStream, UsersAndContentsAreZipf) {
  Settings settings = recorded();
  settings.events = 250'000;
  const Visits visits(settings);
  const int all = visits.plays + visits.accesses;
  EXPECT_GT(all, 200'000);
  EXPECT_GT(visits.plays, all / 2);
  EXPECT_GT(visits.accesses, all / 5);

  std::vector<int> counts;
  for (const auto& [id, count] : visits.by_user) counts.push_back(count);
  std::sort(counts.rbegin(), counts.rend());
  // Of 10,000 users the first has 1 / H(10,000) = 10.2 % of the visits, the second half of that.
  EXPECT_NEAR(counts[0], all * 0.102, all * 0.005);
  EXPECT_NEAR(counts[1], all * 0.051, all * 0.005);
  EXPECT_GT(counts.size(), 7'000u);
  EXPECT_GT(visits.by_content.size(), 1'400u);

  // Deleted audios are played by a few players only.
  const auto unknown = static_cast<double>(visits.audios.tally().plays_of_unknown);
  EXPECT_GT(unknown, 0);
  EXPECT_LT(unknown, all * 0.003);
}

TEST(RecordedStream, StartMovesEveryTimeAlike) {
  Settings settings = recorded();
  settings.changes = 40;
  settings.real_only = true;
  const auto plain = open_recorded(settings);
  settings.start = 1'700'000'000'000;
  const auto moved = open_recorded(settings);
  event::Event a;
  event::Event b;
  ASSERT_TRUE(plain->next(a) && moved->next(b));
  EXPECT_EQ(b.occurred_at, 1'700'000'000'000);
  const double by = a.occurred_at - b.occurred_at;
  while (plain->next(a)) {
    ASSERT_TRUE(moved->next(b));
    ASSERT_EQ(a.occurred_at - b.occurred_at, by);
  }
  EXPECT_FALSE(moved->next(b));
}

}  // namespace
}  // namespace ledger::generate
