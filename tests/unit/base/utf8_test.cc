#include "schemas/base/utf8.h"

#include <array>
#include <string>

#include <gtest/gtest.h>
#include <simdjson.h>

namespace ledger {
namespace {

// Both sides of each bound that a byte of UTF-8 can have.
constexpr std::array<unsigned char, 25> kBytes = {
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
    0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};

TEST(Utf8, IsWhatSimdjsonTakesForEveryFourBytesBehindAscii) {
  size_t valid = 0;
  constexpr size_t kTexts = kBytes.size() * kBytes.size() * kBytes.size() * kBytes.size();
  for (const std::string before : {"", "abcdef", "12345678"}) {
    std::string text = before + "....";
    for (size_t number = 0; number < kTexts; ++number) {
      for (size_t i = 0, rest = number; i < 4; ++i, rest /= kBytes.size()) {
        text[before.size() + i] = static_cast<char>(kBytes.at(rest % kBytes.size()));
      }
      const bool expected = simdjson::validate_utf8(text.data(), text.size());
      ASSERT_EQ(is_utf8(text), expected) << number << " behind '" << before << "'";
      valid += expected ? 1 : 0;
    }
  }
  EXPECT_GT(valid, 1000U);
}

TEST(Utf8, CutShortIsInvalid) {
  const std::string text = "\xf0\x9f\x8e\xa7";
  EXPECT_TRUE(is_utf8(text));
  for (size_t length = 1; length < text.size(); ++length) {
    EXPECT_FALSE(is_utf8(std::string_view(text).substr(0, length)));
  }
}

TEST(Utf8, FirstCharacterHasItsCodeAndLength) {
  const Utf8Character headphone = first_utf8("\xf0\x9f\x8e\xa7!");
  EXPECT_EQ(headphone.code, 0x1F3A7U);
  EXPECT_EQ(headphone.bytes, 4U);
  const Utf8Character stray = first_utf8("\x9f!");
  EXPECT_FALSE(stray.valid);
  EXPECT_EQ(stray.bytes, 1U);
}

}  // namespace
}  // namespace ledger
