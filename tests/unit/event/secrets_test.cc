#include <gtest/gtest.h>

#include "schemas/event/json.h"
#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

std::string_view found_in(std::string_view message) {
  Event event = sample_status(record::Status::kFailed);
  std::get<StatusChanged>(event.payload).error_message = message;
  return secret_like_member(event);
}

TEST(SecretLikeMember, FindsKeysOfKnownServicesAndLongMixedTokens) {
  for (const std::string_view message :
       {"401 for key sk-proj-abcdefghijklmnop", "AKIAIOSFODNN7EXAMPLE was refused",
        "header Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
        "https://api.example.com?key=AIzaSyA1234567890abcdefghijklmnopqrstu",
        "token=4fE9a8B7c6D5e4F3a2B1c0D9e8F7a6B5", "-----BEGIN PRIVATE KEY-----"}) {
    EXPECT_EQ(found_in(message), "statusChanged.errorMessage") << message;
  }
}

TEST(SecretLikeMember, LeavesOrdinaryMessagesAlone) {
  for (const std::string_view message :
       {"", "quota exceeded (429), retry in 30 s", "sk-short", "voice pNInz6obpgDQGcFmaJgB",
        "request 0197a1c2-0000-7000-8000-000000000001 timed out",
        "hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "java.util.concurrent.CompletionException at com.example.TextToSpeech"}) {
    EXPECT_EQ(found_in(message), "") << message;
  }
}

TEST(SecretLikeMember, LooksAtImportedRowsAndAtNothingElse) {
  Event event = sample_imported_audio();
  auto& imported = std::get<ImportedContentAudio>(std::get<RecordImported>(event.payload).row);
  imported.script = "sk-proj-abcdefghijklmnop";
  EXPECT_EQ(secret_like_member(event), "");
  imported.error_message = "sk-proj-abcdefghijklmnop";
  EXPECT_EQ(secret_like_member(event), "recordImported.contentAudios.errorMessage");
  EXPECT_EQ(secret_like_member(sample_play()), "");
}

}  // namespace
}  // namespace ledger::event
