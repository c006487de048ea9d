#include "tests/integration/query/library.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace ledger::test {

namespace {
constexpr int kAudios = 24;
constexpr int kListens = 300;
constexpr const char* kAudio =
    R"(,"script":"Good morning.","audio":{"audioStorageId":"s1","audioDuration":61.5,"audioSize":4096})";
}  // namespace

Library::Library(EventLines& lines) {
  for (int i = 0; i < kAudios; ++i) make_audio(lines, i);
  make_listens(lines);
}

void Library::make_audio(EventLines& lines, int number) {
  AudioFacts audio;
  audio.id = fmt::format("audio-{}", (number * 7) % kAudios);
  audio.content = fmt::format("content-{}", number % 12);
  audio.voice = fmt::format("voice-{}", number / 12);
  audio.status = "pending";
  audio.created = audio.updated = tick();
  events.push_back(lines.created(audio.created, audio.id, audio.content, audio.voice));
  const auto move = [&](const std::string& status, const char* more = "") {
    audio.status = status;
    audio.updated = tick();
    events.push_back(lines.status(audio.updated, audio.id, audio.content, status, more));
  };
  const int steps = number % 5;
  if (steps == 4) {
    move("failed", R"(,"errorMessage":"no voice, \"v1\"\nis gone")");
    audio.attempts = 1;
  } else {
    if (steps > 0) move("generating_script");
    if (steps > 1) move("generating_speech");
    if (steps > 2) move("completed", kAudio);
  }
  audios.push_back(audio);
}

void Library::make_listens(EventLines& lines) {
  std::map<std::pair<std::string, std::string>, size_t> numbers;
  uint32_t random = 1;
  for (int i = 0; i < kListens; ++i) {
    random = random * 1664525 + 1013904223;
    const AudioFacts& audio = audios[(random >> 16) % kAudios];
    const std::string user = fmt::format("user-{}", (random >> 8) % 7);
    const int64_t t = tick();
    const bool plays = (random >> 21) % 3 != 0;
    events.push_back(plays ? lines.play(t, user, audio.id, audio.content)
                           : lines.access(t, user, audio.id, audio.content));
    const auto [found, fresh] = numbers.try_emplace({user, audio.content}, listens.size());
    if (fresh) listens.push_back({user, audio.content, "", t, 0, 0, 0});
    ListenFacts& listen = listens[found->second];
    listen.audio = audio.id;
    listen.updated = t;
    if (plays) listen.last_played = t;
    listen.plays += plays ? 1 : 0;
  }
}

std::vector<AudioFacts> Library::audios_with(const std::string& status) const {
  std::vector<AudioFacts> found;
  std::copy_if(audios.begin(), audios.end(), std::back_inserter(found),
               [&status](const AudioFacts& each) { return each.status == status; });
  return found;
}

std::vector<ListenFacts> Library::listens_of(const std::string& user) const {
  std::vector<ListenFacts> found;
  std::copy_if(listens.begin(), listens.end(), std::back_inserter(found),
               [&user](const ListenFacts& each) { return each.user == user; });
  return found;
}

}  // namespace ledger::test
