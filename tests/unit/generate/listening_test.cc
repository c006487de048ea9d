// Who listens to what, and when, has the shares of GENERATOR.md.
#include "tests/support/generate/listening.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "tests/unit/generate/contents.h"
#include "tests/unit/generate/shares.h"

namespace ledger::generate {
namespace {

constexpr uint32_t kContents = 300;
constexpr uint32_t kVoices = 2;
constexpr uint32_t kUsers = 1000;
constexpr size_t kDraws = 300'000;

// All contents live, all audios completed.
Listening complete(const Changes& changes) {
  Listening listening(changes, kVoices, kUsers, 42);
  for (const EntryKind kind : {EntryKind::kCreated, EntryKind::kStatus}) {
    for (uint32_t i = 0; i < kContents; ++i) {
      for (uint8_t voice = 0; voice < kVoices; ++voice) {
        Entry entry;
        entry.change = i;
        entry.kind = kind;
        entry.voice = voice;
        entry.status = record::Status::kCompleted;
        listening.apply(entry);
      }
    }
  }
  return listening;
}

void expect_zipf(const char* what, std::vector<size_t> counts, double exponent) {
  const std::vector<double> weights = zipf_weights(counts.size(), exponent);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::sort(counts.rbegin(), counts.rend());
  for (const size_t rank : {size_t{0}, size_t{1}, size_t{2}, size_t{7}}) {
    expect_share(what, counts[rank], kDraws, weights[rank] / sum);
  }
}

TEST(Listening, UsersAndContentsAreZipfAndSevenOfTenVisitsArePlays) {
  const Changes changes = created_once(kContents);
  Listening listening = complete(changes);
  std::vector<size_t> users(kUsers);
  std::vector<size_t> contents(kContents);
  std::vector<size_t> of_usual_voice(kUsers);
  size_t played = 0;
  for (size_t i = 0; i < kDraws; ++i) {
    const Listener listener = listening.draw();
    ++users.at(listener.user);
    ++contents.at(changes.all[listener.change].content);
    of_usual_voice[listener.user] += listener.voice == 0 ? 1U : 0U;
    played += listener.played ? 1U : 0U;
  }
  expect_zipf("user", users, 1.0);
  expect_zipf("content", contents, 0.8);
  expect_share("played", played, kDraws, 0.7);
  // 90 %, and a tenth that falls on either voice.
  for (const uint32_t user : {0u, 1u, 2u}) {
    const size_t usual = std::max(of_usual_voice[user], users[user] - of_usual_voice[user]);
    expect_share("usual voice", usual, users[user], 0.95);
  }
}

TEST(Listening, WhatIsNotCompletedIsOnlyLookedAtAndWhatIsGoneIsPlayedByFew) {
  const Changes changes = created_once(kContents);
  Listening listening = complete(changes);
  Entry changed;
  changed.change = 0;
  changed.kind = EntryKind::kChanged;
  listening.apply(changed);
  for (uint8_t voice = 0; voice < kVoices; ++voice) {
    Entry deleted;
    deleted.change = 1;
    deleted.kind = EntryKind::kDeleted;
    deleted.voice = voice;
    listening.apply(deleted);
  }
  size_t of_gone = 0;
  for (size_t i = 0; i < kDraws; ++i) {
    const Listener listener = listening.draw();
    if (listener.change == 0) {
      ASSERT_FALSE(listener.played);
    }
    if (listener.change != 1) continue;
    ++of_gone;
    ASSERT_TRUE(listener.played);
  }
  expect_share("gone", of_gone, kDraws, 0.002);
}

TEST(PlayTimes, AreAsManyAsAskedInOrderAndMostOfTheDayAtNoonUtc) {
  Changes changes = created_once(kContents);
  for (uint32_t i = 0; i < kContents; ++i) changes.all[i].time = 1e12 + i * 3'600'000.0;
  PlayTimes times(changes, 100'000, 42);
  size_t count = 0;
  double last = 0;
  std::map<int, size_t> by_hour;
  while (const auto time = times.next()) {
    ASSERT_GE(*time, last);
    last = *time;
    ++count;
    ++by_hour[static_cast<int>(static_cast<uint64_t>(*time) / 3'600'000 % 24)];
  }
  EXPECT_EQ(count, 100'000u);
  EXPECT_GE(last, changes.all.back().time);
  EXPECT_LE(last, changes.all.back().time + 3'600'000);
  EXPECT_GT(by_hour[13], 4 * by_hour[19]);
}

}  // namespace
}  // namespace ledger::generate
