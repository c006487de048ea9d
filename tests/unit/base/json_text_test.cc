#include "schemas/base/json_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ledger {
namespace {

std::string js(double value) {
  std::string out;
  append_js_number(out, value);
  return out;
}

// Expected texts are what Node prints for the same number.
TEST(JsonText, NumbersReadAsJavaScriptPrintsThem) {
  EXPECT_EQ(js(0.0), "0");
  EXPECT_EQ(js(-0.0), "0");
  EXPECT_EQ(js(1), "1");
  EXPECT_EQ(js(-1.5), "-1.5");
  EXPECT_EQ(js(100), "100");
  EXPECT_EQ(js(1770832800000.123), "1770832800000.123");
  EXPECT_EQ(js(123456789012345680000.0), "123456789012345680000");
  EXPECT_EQ(js(1e21), "1e+21");
  EXPECT_EQ(js(1.25e21), "1.25e+21");
  EXPECT_EQ(js(0.000001), "0.000001");
  EXPECT_EQ(js(1e-7), "1e-7");
  EXPECT_EQ(js(5e-324), "5e-324");
  EXPECT_EQ(js(9007199254740991.0), "9007199254740991");
  EXPECT_EQ(js(-9007199254740991.0), "-9007199254740991");
  EXPECT_EQ(js(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(js(9007199254740994.0), "9007199254740994");
  EXPECT_EQ(js(1.7976931348623157e308), "1.7976931348623157e+308");
}

TEST(JsonText, WriterSeparatesMembersAndEscapesText) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("a");
  json.text("x\"\\/\b\f\n\r\t\x1b\x7f \xc3\xa9");
  json.key("b");
  json.begin_array();
  json.number(1.5);
  json.null();
  json.boolean(true);
  json.integer(-7);
  json.end_array();
  json.key("c");
  json.raw("{}");
  json.end_object();
  out.push_back('\n');
  json.restart();
  json.text("next");
  EXPECT_EQ(out,
            "{\"a\":\"x\\\"\\\\/\\b\\f\\n\\r\\t\\u001b\x7f "
            "\xc3\xa9\",\"b\":[1.5,null,true,-7],\"c\":{}}\n\"next\"");
}

// What RFC 8259 wants of one byte.
std::string escaped(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const std::string_view named = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (size_t i = 0; i < named.size(); i += 2) {
    if (named[i] == c) return {'\\', named[i + 1]};
  }
  return byte < 0x20 ? fmt::format("\\u{:04x}", byte) : std::string(1, c);
}

TEST(JsonText, EachByteIsEscapedWhereverItStands) {
  std::string out;
  JsonWriter json(out);
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (size_t at = 0; at < 20; ++at) {
      for (const size_t second : {at, std::min(at + 1, size_t{19}), size_t{18}}) {
        std::string text = "01234567890123456789";
        text[at] = text[second] = c;
        std::string expected = "\"";
        for (const char each : text) expected += escaped(each);
        out.clear();
        json.restart();
        json.text(text);
        ASSERT_EQ(out, expected + '"') << byte << " at " << at << " and " << second;
      }
    }
  }
}

}  // namespace
}  // namespace ledger
