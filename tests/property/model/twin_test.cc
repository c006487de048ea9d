// The model against what is known without a store: its scenarios reach every code, and what its
// bytes say is what the decoder reads.
#include <map>

#include <gtest/gtest.h>

#include "schemas/event/codec.h"
#include "schemas/store/outcome.h"
#include "tests/property/model/generate.h"
#include "tests/property/model/show.h"

namespace ledger::model {
namespace {

std::vector<Twin> whole(const Scenario& scenario) {
  return replay(scenario,
                std::vector<int64_t>(static_cast<size_t>(scenario.partition_count), INT64_MAX));
}

TEST(Twin, EveryCodeAndDispositionIsMet) {
  std::map<std::string, int> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (const Twin& twin : whole(generate(seed))) {
      for (const Step& step : twin.steps()) {
        ++seen[step.verdict.disposition];
        for (const std::string& code : step.verdict.codes) ++seen[code];
      }
    }
  }
  for (const char* disposition : {"applied",
                                  "not_applied",
                                  "duplicate",
                                  "quarantined",
                                  "undecodable",
                                  "unknown_payload",
                                  "second_genesis",
                                  "unset",
                                  "limit",
                                  "wrong_key",
                                  "wrong_partition",
                                  "event_id_reused",
                                  "audio_exists",
                                  "duplicate_content_voice",
                                  "created_stale",
                                  "too_many_audios",
                                  "unknown_audio",
                                  "content_mismatch",
                                  "stale_content_hash",
                                  "illegal_transition",
                                  "completed_without_audio",
                                  "identity_replaced",
                                  "reserved_id",
                                  "import_replaces_newer",
                                  "clock_ahead"}) {
    EXPECT_GE(seen[disposition], 3) << disposition;
  }
}

TEST(Twin, DecoderRefusesWhatTheModelQuarantines) {
  event::Decoder decoder;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Scenario scenario = generate(seed);
    for (const Message& message : scenario.messages) {
      // Offset 0, so that a genesis is judged by its bytes alone.
      const auto verdict = quarantine(message, 0, message.partition, scenario.partition_count);
      const event::Decoded decoded = decoder.decode(message.value);
      const auto* rejection = std::get_if<event::Rejection>(&decoded);
      const bool by_place = verdict && verdict->codes[0].substr(0, 6) == "wrong_";
      ASSERT_EQ(rejection != nullptr, verdict && !by_place) << seed << " " << show(message);
      if (rejection == nullptr) continue;
      EXPECT_EQ(to_text(rejection->code), verdict->codes[0]) << seed << " " << show(message);
      EXPECT_EQ(rejection->field, verdict->field) << seed << " " << show(message);
    }
  }
}

TEST(Twin, SameSeedGivesTheSameScenario) {
  const Scenario a = generate(41);
  const Scenario b = generate(41);
  ASSERT_EQ(a.messages.size(), b.messages.size());
  for (size_t i = 0; i < a.messages.size(); ++i) {
    EXPECT_EQ(show(a.messages[i]), show(b.messages[i]));
    EXPECT_EQ(a.messages[i].value, b.messages[i].value);
  }
}

}  // namespace
}  // namespace ledger::model
