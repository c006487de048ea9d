#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include "schemas/event/codec.h"
#include "schemas/event/limits.h"
#include "schemas/wire/event.capnp.h"
#include "tests/support/event/forms.h"
#include "tests/support/event/mutate.h"
#include "tests/support/event/random_event.h"

namespace ledger::event {
namespace {

constexpr int kEvents = 3000;

TEST(CodecProperty, EveryEventComesBackFromItsBytes) {
  const uint64_t seed = test_seed(1);
  RandomEvents events(seed);
  Decoder decoder;
  for (int round = 0; round < kEvents; ++round) {
    SCOPED_TRACE(rerun(seed, round));
    const Event event = events.next();
    ASSERT_FALSE(check_limits(event).has_value());
    const std::string value = encoded(event);
    ASSERT_LE(value.size(), kValueBytesMax);
    ASSERT_EQ(value, encoded(event));
    const Decoded decoded = decoder.decode(value);
    ASSERT_TRUE(std::holds_alternative<Event>(decoded)) << std::get<Rejection>(decoded).field;
    ASSERT_TRUE(same_payload(std::get<Event>(decoded), event));
    ASSERT_EQ(to_line(std::get<Event>(decoded)), to_line(event));
  }
}

TEST(CodecProperty, HowTheMessageIsCutIntoSegmentsDoesNotMatter) {
  const uint64_t seed = test_seed(2);
  RandomEvents events(seed);
  Decoder decoder;
  int several = 0;
  for (int round = 0; round < kEvents; ++round) {
    SCOPED_TRACE(rerun(seed, round));
    const Event event = events.next();
    const std::string value = encoded(event);
    auto words = kj::heapArray<capnp::word>(value.size() / sizeof(capnp::word));
    std::copy(value.begin(), value.end(), words.asChars().begin());
    capnp::FlatArrayMessageReader whole(words);
    capnp::MallocMessageBuilder parts(static_cast<unsigned>(2 + events.below(64)),
                                      capnp::AllocationStrategy::FIXED_SIZE);
    parts.setRoot(whole.getRoot<wire::Event>());
    if (parts.getSegmentsForOutput().size() > 1) ++several;
    const auto flat = capnp::messageToFlatArray(parts);
    const auto bytes = flat.asChars();
    const Decoded decoded = decoder.decode(std::string_view(bytes.begin(), bytes.size()));
    ASSERT_TRUE(std::holds_alternative<Event>(decoded)) << std::get<Rejection>(decoded).field;
    ASSERT_EQ(to_line(std::get<Event>(decoded)), to_line(event));
  }
  EXPECT_GT(several, kEvents / 2);
}

// Damaged bytes are refused, or are another event that keeps the limits and can be sent again.
TEST(CodecProperty, DamagedValuesAreRefusedOrKeepTheLimits) {
  const uint64_t seed = test_seed(3);
  RandomEvents events(seed);
  std::mt19937_64 random(seed);
  Decoder decoder;
  Decoder again;
  std::map<std::string_view, int> outcomes;
  for (int round = 0; round < 10 * kEvents; ++round) {
    SCOPED_TRACE(rerun(seed, round));
    std::string value = encoded(events.next());
    mutate(value, random);
    const Decoded decoded = decoder.decode(value);
    if (const auto* rejection = std::get_if<Rejection>(&decoded)) {
      ++outcomes[to_text(rejection->code)];
      continue;
    }
    ++outcomes["event"];
    const Event& event = std::get<Event>(decoded);
    ASSERT_FALSE(check_limits(event).has_value());
    const std::string written = encoded(event);
    const Decoded second = again.decode(written);
    ASSERT_TRUE(std::holds_alternative<Event>(second));
    ASSERT_TRUE(same_payload(std::get<Event>(second), event));
  }
  for (const auto code : {"event", "undecodable", "unknown_payload", "unset", "limit"}) {
    EXPECT_GT(outcomes[code], 0) << code << " was never seen, so this test shows less than it says";
  }
}

TEST(CodecProperty, RandomBytesAreRefused) {
  const uint64_t seed = test_seed(4);
  std::mt19937_64 random(seed);
  Decoder decoder;
  for (int round = 0; round < 10 * kEvents; ++round) {
    SCOPED_TRACE(rerun(seed, round));
    std::string value(8 * (1 + random() % 40), '\0');
    for (char& byte : value) byte = random() % 2 == 0 ? '\0' : static_cast<char>(random());
    if (random() % 2 == 0) {  // framing that is right, so that the walk is reached
      const auto words = static_cast<char>(value.size() / 8 - 1);
      value.replace(0, 8, std::string{0, 0, 0, 0, words, 0, 0, 0});
    }
    ASSERT_TRUE(std::holds_alternative<Rejection>(decoder.decode(value)));
  }
}

}  // namespace
}  // namespace ledger::event
