#include "schemas/event/glance.h"

#include <vector>

#include <gtest/gtest.h>

#include "schemas/event/codec.h"
#include "tests/support/event/random_event.h"
#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

bool is_decoded_about_audio(const Payload& payload) {
  if (const auto* imported = std::get_if<RecordImported>(&payload)) {
    return std::holds_alternative<ImportedContentAudio>(imported->row);
  }
  return std::holds_alternative<AudioCreated>(payload) ||
         std::holds_alternative<StatusChanged>(payload) ||
         std::holds_alternative<ContentChanged>(payload) ||
         std::holds_alternative<AudioDeleted>(payload);
}

TEST(Glance, SeesOfWhatAnEncodedEventIs) {
  RandomEvents events(11);
  size_t seen[2] = {};
  for (int i = 0; i < 2000; ++i) {
    const Event event = events.next();
    const bool expected = is_decoded_about_audio(event.payload);
    std::string value;
    encode(event, value);
    EXPECT_EQ(is_about_audio(value), expected) << event.payload.index();
    ++seen[expected ? 1 : 0];
  }
  EXPECT_GT(seen[0], 500U);
  EXPECT_GT(seen[1], 500U);
}

TEST(Glance, SaysNoOfAValueCutBeforeItsPayload) {
  const std::string value = encoded(sample_imported_audio());
  ASSERT_TRUE(is_about_audio(value));
  for (size_t size = 0; size < 26; ++size) {
    const std::vector<char> cut(value.begin(), value.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(is_about_audio({cut.data(), cut.size()})) << size;
  }
}

TEST(Glance, SaysNoOfSeveralSegments) {
  std::string value = encoded(sample_imported_audio());
  value[0] = 1;
  EXPECT_FALSE(is_about_audio(value));
}

TEST(Glance, ReadsNothingOutsideOfAValueWhoseRootLiesElsewhere) {
  const std::string value = encoded(sample_imported_audio());
  for (const uint32_t root : {0x7FFFFFFCU, 0x80000000U, 0xFFFFFFFCU, 0xFFFFFFF8U, 0x00000400U}) {
    std::vector<char> moved(value.begin(), value.end());
    for (size_t i = 0; i < 4; ++i) moved[8 + i] = static_cast<char>(root >> (8 * i));
    EXPECT_FALSE(is_about_audio({moved.data(), moved.size()})) << root;
  }
}

}  // namespace
}  // namespace ledger::event
