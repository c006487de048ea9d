#include "schemas/index/key.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "schemas/base/bytes.h"

namespace ledger::index {
namespace {

using namespace std::string_view_literals;

std::string text_key(std::string_view text) {
  std::string key;
  append_text(key, text);
  return key;
}

std::string number_key(double number) {
  std::string key;
  append_number(key, number);
  return key;
}

TEST(KeyCodec, TextWithNulSortsBetweenItsPrefixAndLongerText) {
  EXPECT_EQ(to_hex(text_key("a\0b\0"sv)), "106100ff6200ff00");
  EXPECT_LT(text_key("a"), text_key("a\0"sv));
  EXPECT_LT(text_key("a\0\xff"sv), text_key("a\x01"sv));
  EXPECT_LT(text_key(""), text_key("\0"sv));
}

TEST(KeyCodec, MinusZeroSortsJustBeforeZeroAndBothKeepTheirBits) {
  EXPECT_EQ(to_hex(number_key(-0.0)), "0d7fffffffffffffff");
  EXPECT_EQ(to_hex(number_key(0.0)), "0d8000000000000000");
  EXPECT_LT(number_key(-std::numeric_limits<double>::denorm_min()), number_key(-0.0));
  const auto parts = split(number_key(-0.0));
  ASSERT_TRUE(parts);
  EXPECT_TRUE(std::signbit(std::get<double>(parts->front())));
}

TEST(KeyCodec, OrderedBitsOrderAsTheKeysOfNumbersDo) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  const double ascending[] = {-kInfinity, -1e12, -1.5, -kLeast,       -0.0,     0.0,
                              kLeast,     1.5,   1e12, 1e12 + 1 / 4., kInfinity};
  for (const double a : ascending) {
    for (const double b : ascending) {
      EXPECT_EQ(ordered_bits(a) < ordered_bits(b), number_key(a) < number_key(b)) << a << " " << b;
    }
  }
  EXPECT_TRUE(std::is_sorted(std::begin(ascending), std::end(ascending),
                             [](double a, double b) { return ordered_bits(a) < ordered_bits(b); }));
  EXPECT_EQ(ordered_bits(-0.0), 0x7FFFFFFFFFFFFFFFU);
  EXPECT_EQ(ordered_bits(0.0), 0x8000000000000000U);
}

TEST(KeyCodec, AbsentSortsBeforeNumbersBeforeText) {
  std::string absent;
  append_absent(absent);
  EXPECT_EQ(to_hex(absent), "01");
  EXPECT_LT(absent, number_key(-std::numeric_limits<double>::infinity()));
  EXPECT_LT(number_key(std::numeric_limits<double>::infinity()), text_key(""));
}

TEST(KeyCodec, EveryRecordValueWithAKeyIsEncodedAsItsPart) {
  std::string key;
  append_value(key, std::monostate());
  append_value(key, 1.0);
  append_value(key, "pending"sv);
  std::string parts;
  for (const KeyPart& part : {KeyPart(), KeyPart(1.0), KeyPart("pending")}) {
    append_part(parts, part);
  }
  EXPECT_EQ(key, parts);
}

TEST(KeyCodec, SplitRefusesWhatIsNoKey) {
  for (const char* hex : {"00", "10", "1061", "1000ff", "0d", "0d80000000000000", "ff", "1061ff",
                          "0161", "106100ff", "02"}) {
    std::string key;
    ASSERT_TRUE(parse_hex(hex, key));
    EXPECT_FALSE(split(key)) << hex;
  }
  EXPECT_EQ(split("")->size(), 0u);
}

TEST(KeyBuilder, BuildsByIdAndByCreationTimeFromTheImpliedFieldsAlone) {
  record::UserContentAudio row;
  row.id = "u1";
  row.creation_time = 2;
  row.user_id = "someone";
  const Declarations declarations = load_declarations();
  std::string key = "left over";
  KeyBuilder<record::UserContentAudio>(
      *declarations.find(record::Table::kUserContentAudios, "by_id"))
      .build(row, key);
  EXPECT_EQ(key, text_key("u1"));
  KeyBuilder<record::UserContentAudio>(
      *declarations.find(record::Table::kUserContentAudios, "by_creation_time"))
      .build(row, key);
  EXPECT_EQ(key, number_key(2) + text_key("u1"));
}

TEST(KeyBuilder, TheExampleOfKeyFormatByHand) {
  record::UserContentAudio row;
  row.id = "uca_9";
  row.creation_time = 1770832800000;
  row.user_id = "user-7";
  row.content_id = "c1";
  row.content_type = record::ContentType::kArticle;
  const Declarations declarations = load_declarations();
  std::string key;
  KeyBuilder<record::UserContentAudio>(*declarations.find(IndexId{6})).build(row, key);
  EXPECT_EQ(to_hex(key),
            "10757365722d3700106331001061727469636c65000dc279c4ddc2900000107563615f3900");
  EXPECT_EQ(to_hex(number_key(-1.5)), "0d4007ffffffffffff");
}

TEST(KeyBuilder, EnumerationsAreTheirText) {
  record::ContentAudio row;
  row.id = "a";
  row.status = record::Status::kGeneratingScript;
  const Declarations declarations = load_declarations();
  std::string key;
  KeyBuilder<record::ContentAudio>(*declarations.find(record::Table::kContentAudios, "status"))
      .build(row, key);
  EXPECT_EQ(key, text_key("generating_script") + number_key(0) + text_key("a"));
}

TEST(KeyBuilderDeathTest, AnIndexOfTheOtherTableIsABug) {
  const IndexSpec spec{IndexId{1}, record::Table::kUserContentAudios, "user", {"userId"}};
  EXPECT_DEATH(KeyBuilder<record::ContentAudio>{spec}, "index user of userContentAudios");
}

}  // namespace
}  // namespace ledger::index
