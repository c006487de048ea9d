#include <algorithm>
#include <map>
#include <set>

#include "schemas/event/limits.h"
#include "tests/support/generate/stream.h"
#include "tests/unit/generate/shares.h"
#include "tests/unit/generate/status_rules.h"
#include "tests/unit/generate/stream_text.h"

namespace ledger::generate {
namespace {

TEST(WorkloadW, HasItsSharesAndKeepsTheRules) {
  Settings settings;
  settings.events = 60'000;
  settings.users = 12'000;  // in proportion: 1,000,000 of 5 M
  const auto stream = open_workload_w(settings);
  event::Event event;
  Audios audios;
  std::set<std::pair<std::string, std::string>> pairs;
  double last = 0;
  uint64_t events = 0;
  uint64_t scripts = 0;
  while (stream->next(event)) {
    ++events;
    ASSERT_FALSE(event::check_limits(event));
    ASSERT_GE(event.occurred_at, last);
    last = event.occurred_at;
    audios.apply(event);
    if (const auto* play = std::get_if<event::PlayRecorded>(&event.payload)) {
      pairs.emplace(play->user_id, play->content_id);
    } else if (const auto* changed = std::get_if<event::StatusChanged>(&event.payload)) {
      if (changed->script) ++scripts;
      ASSERT_EQ(changed->script.value_or(std::string(200, ' ')).size(), 200u);
    }
  }
  const Tally& tally = audios.tally();
  EXPECT_EQ(events, 60'000u);
  EXPECT_GT(scripts, 300u);
  EXPECT_EQ(tally.illegal + tally.stale + tally.unknown + tally.plays_of_unknown, 0u);
  EXPECT_NEAR(static_cast<double>(tally.plays), 59'000 * 0.97, 200);
  const double repeats = 1 - static_cast<double>(pairs.size()) / static_cast<double>(tally.plays);
  EXPECT_GT(repeats, 0.35);
  EXPECT_LT(repeats, 0.60);
  for (const auto status : {record::Status::kCompleted, record::Status::kFailed}) {
    EXPECT_GT(tally.moves.at(status), 10u);
  }
}

Settings small() {
  Settings settings;
  settings.events = 120'000;
  settings.users = 12'000;
  return settings;
}

TEST(WorkloadW, SameSeedSameBytesAndAnotherSeedOtherBytes) {
  const auto text_of_seed = [](uint64_t seed) {
    Settings settings = small();
    settings.events = 5'000;
    settings.seed = seed;
    return text_of(*open_workload_w(settings));
  };
  EXPECT_EQ(text_of_seed(42), text_of_seed(42));
  EXPECT_NE(text_of_seed(42), text_of_seed(43));
}

TEST(WorkloadW, LifecycleIsThreePercentAfterAThousandEventsOfNothingElse) {
  const auto stream = open_workload_w(small());
  event::Event event;
  std::map<std::string_view, size_t> kinds;
  size_t at = 0;
  size_t plays = 0;
  while (stream->next(event)) {
    EXPECT_EQ(event.source, kSyntheticSource);
    const bool play = std::holds_alternative<event::PlayRecorded>(event.payload);
    if (at++ < 1'000) {
      ASSERT_FALSE(play);
    } else {
      plays += play ? 1U : 0U;
      ++kinds[event::payload_name(event.payload)];
    }
  }
  const size_t lifecycle = 119'000 - plays;
  expect_share("lifecycle", lifecycle, 119'000, 0.03);
  expect_share("creates", kinds["audioCreated"], lifecycle, 0.22);
  expect_share("advances", kinds["statusChanged"], lifecycle, 0.68);
  expect_share("changes", kinds["contentChanged"], lifecycle, 0.10);
}

TEST(WorkloadW, UsersAreZipfWithAUsualVoiceAndContentsAreZipf) {
  const auto stream = open_workload_w(small());
  event::Event event;
  std::vector<std::string> contents;  // by creation
  std::map<std::string, size_t> of_content;
  std::map<std::string, std::map<std::string, size_t>> of_user;  // by content, voices apart
  std::map<std::string, size_t> of_user_all;
  std::map<std::string, std::string> voice_of;
  size_t plays = 0;
  while (stream->next(event)) {
    if (const auto* created = std::get_if<event::AudioCreated>(&event.payload)) {
      voice_of[std::string(created->content_audio_id)] = created->voice_id;
      const std::string content(created->content_id);
      if (contents.empty() || contents.back() != content) contents.push_back(content);
    } else if (const auto* play = std::get_if<event::PlayRecorded>(&event.payload)) {
      ++plays;
      ++of_content[std::string(play->content_id)];
      ++of_user[std::string(play->user_id)][voice_of.at(std::string(play->content_audio_id))];
      ++of_user_all[std::string(play->user_id)];
    }
  }
  const auto top =
      std::max_element(of_user_all.begin(), of_user_all.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  expect_share("the first of 12,000 users", top->second, plays, 1 / 9.970);
  // 80 %, and half of the rest; the newest content may have one voice only.
  size_t usual = 0;
  for (const auto& [voice, count] : of_user[top->first]) usual = std::max(usual, count);
  EXPECT_NEAR(static_cast<double>(usual) / static_cast<double>(top->second), 0.9, 0.015);
  const double ratio =
      static_cast<double>(of_content[contents[0]]) / static_cast<double>(of_content[contents[1]]);
  EXPECT_NEAR(ratio, std::pow(2, 0.8), 0.1);
}

}  // namespace
}  // namespace ledger::generate
