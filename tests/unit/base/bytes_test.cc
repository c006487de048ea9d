#include "schemas/base/bytes.h"

#include <gtest/gtest.h>

namespace ledger {
namespace {

TEST(Bytes, BigEndianIntegersSortAsNumbersAndReadBack) {
  std::string low, high;
  append_be64(low, 255);
  append_be64(high, 256);
  EXPECT_LT(low, high);
  EXPECT_EQ(read_be64(high), 256U);
  std::string mixed;
  append_be16(mixed, 0x1234);
  append_be32(mixed, 0x89ABCDEF);
  EXPECT_EQ(to_hex(mixed), "123489abcdef");
  EXPECT_EQ(read_be16(mixed), 0x1234);
  EXPECT_EQ(read_be32(mixed.substr(2)), 0x89ABCDEFU);
}

TEST(Bytes, HexReadsBothCasesAndRefusesOtherText) {
  std::string out;
  EXPECT_TRUE(parse_hex("00fFA9", out));
  EXPECT_EQ(out, std::string("\x00\xff\xa9", 3));
  EXPECT_FALSE(parse_hex("0", out));
  EXPECT_FALSE(parse_hex("0g", out));
}

TEST(Bytes, HexOfEveryByteReadsBackAndEveryOtherCharacterIsRefused) {
  const std::string digits = "0123456789abcdefABCDEF";
  for (int i = 0; i < 256; ++i) {
    const std::string byte(1, static_cast<char>(i));
    std::string out;
    ASSERT_TRUE(parse_hex(to_hex(byte), out));
    EXPECT_EQ(out, byte);
    const bool digit = digits.find(byte) != std::string::npos;
    EXPECT_EQ(parse_hex(byte + "0", out), digit) << i;
    EXPECT_EQ(parse_hex("0" + byte, out), digit) << i;
  }
}

TEST(Bytes, Base64UrlRoundTripsEveryLengthAndRefusesStrayBits) {
  for (size_t length = 0; length < 40; ++length) {
    std::string bytes;
    for (size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(i * 37 + length));
    std::string out;
    ASSERT_TRUE(parse_base64url(to_base64url(bytes), out)) << length;
    EXPECT_EQ(out, bytes);
  }
  std::string out;
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  EXPECT_FALSE(parse_base64url("-_9", out));
  EXPECT_FALSE(parse_base64url("+_8", out));
}

}  // namespace
}  // namespace ledger
