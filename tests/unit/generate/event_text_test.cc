#include "tests/support/generate/event_text.h"

#include "schemas/event/limits.h"
#include "tests/support/generate/stream.h"

#include <gtest/gtest.h>

namespace ledger::generate {
namespace {

// What the event says, copied out of the text that the next call overwrites.
struct Said {
  std::string actor;
  std::string correlation;
  std::string script;
  std::string error;
  std::string storage;
  double duration = 0;
  double size = 0;
  bool operator==(const Said&) const = default;
};

Said say(uint64_t seed, record::Status status, uint64_t work, double words = 800) {
  EventText text(seed);
  event::Event event;
  text.begin(event, 1e12, kSyntheticSource);
  event::StatusChanged changed;
  changed.content_audio_id = "audio";
  changed.content_id = "content";
  changed.content_hash = "hash";
  changed.status = status;
  text.status(event, changed, work, words);
  EXPECT_FALSE(event::check_limits(event));
  const auto& made = std::get<event::StatusChanged>(event.payload);
  Said said;
  said.actor = event.actor.id;
  said.correlation = event.correlation_id.value_or("");
  said.script = made.script.value_or("");
  said.error = made.error_message.value_or("");
  if (made.audio) {
    said.storage = made.audio->storage_id;
    said.duration = made.audio->duration;
    said.size = made.audio->size;
  }
  return said;
}

TEST(EventText, EqualWorkSaysTheSameAndOtherWorkOrAnotherSeedDoesNot) {
  for (const auto status : {record::Status::kGeneratingSpeech, record::Status::kCompleted}) {
    EXPECT_EQ(say(42, status, 7), say(42, status, 7));
    EXPECT_NE(say(42, status, 7), say(42, status, 8));
    EXPECT_NE(say(42, status, 7), say(43, status, 7));
  }
}

TEST(EventText, AStatusHasWhatItBringsAndNothingElse) {
  const Said script = say(42, record::Status::kGeneratingSpeech, 7);
  EXPECT_EQ(script.script.size(), 200u);
  EXPECT_EQ(script.error + script.storage, "");
  const Said failed = say(42, record::Status::kFailed, 7);
  EXPECT_NE(failed.error, "");
  EXPECT_EQ(failed.script + failed.storage, "");
  const Said begun = say(42, record::Status::kGeneratingScript, 7);
  EXPECT_EQ(begun.script + begun.error + begun.storage, "");
  EXPECT_EQ(begun.correlation, script.correlation);  // of one job
}

TEST(EventText, AnAudioIsAsLongAsItsTextTakesToSpeak) {
  const Said completed = say(42, record::Status::kCompleted, 7, 1000);
  EXPECT_EQ(completed.storage.size(), 32u);
  EXPECT_NEAR(completed.duration, 400, 20);  // 2.5 words a second
  EXPECT_NEAR(completed.size, completed.duration * 16'000, 1);
}

}  // namespace
}  // namespace ledger::generate
