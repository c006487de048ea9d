#include "tests/support/generate/event_text.h"

#include <cmath>

#include <fmt/format.h>

namespace ledger::generate {

namespace {

constexpr size_t kScriptBytes = 200;
constexpr double kWordsPerSecond = 2.5;  // as they are spoken
constexpr double kBytesPerSecond = 16'000;
constexpr std::string_view kWorkers[] = {"worker-1", "worker-2", "worker-3", "worker-4"};
constexpr std::string_view kErrors[] = {"script model gave no answer within 30 s",
                                        "speech service answered 429",
                                        "speech service answered 503", "audio upload was cut off",
                                        "script is longer than the voice takes"};
constexpr std::string_view kWords[] = {"today", "we",   "look",    "at",    "how",     "sound",
                                       "and",   "text", "meet",    "first", "comes",   "the",
                                       "story", "then", "a",       "short", "pause",   "after",
                                       "that",  "each", "chapter", "has",   "another", "voice"};

}  // namespace

void EventText::begin(event::Event& event, double time, std::string_view source) {
  event.event_id = make_event_id(seed_, count_++, time);
  event.occurred_at = time;
  event.source = source;
  event.correlation_id.reset();
  event.causation_id.reset();
}

std::string_view EventText::user(uint64_t number) {
  user_ = make_id(seed_, IdKind::kUser, number);
  return view(user_);
}

std::string_view EventText::audio(uint64_t number) {
  audio_ = make_id(seed_, IdKind::kAudio, number);
  return view(audio_);
}

void EventText::status(event::Event& event, event::StatusChanged changed, uint64_t work,
                       double words) {
  Random random(mix(seed_) + work);
  event.actor = {event::ActorKind::kService, kWorkers[random.below(std::size(kWorkers))]};
  correlation_.clear();
  fmt::format_to(std::back_inserter(correlation_), "job-{:016x}", random.next());
  event.correlation_id = correlation_;
  if (changed.status == record::Status::kGeneratingSpeech) {
    script_.clear();
    while (script_.size() < kScriptBytes) {
      script_.append(kWords[random.below(std::size(kWords))]).push_back(' ');
    }
    script_.resize(kScriptBytes - 1);
    script_.push_back('.');
    changed.script = script_;
  } else if (changed.status == record::Status::kCompleted) {
    storage_ = make_id(seed_, IdKind::kStorage, work);
    const double seconds = std::round(words / kWordsPerSecond * (950 + random.below(100))) / 1000;
    changed.audio = event::Audio{view(storage_), seconds, std::round(seconds * kBytesPerSecond)};
  } else if (changed.status == record::Status::kFailed) {
    changed.error_message = kErrors[random.below(std::size(kErrors))];
  }
  event.payload = changed;
}

}  // namespace ledger::generate
