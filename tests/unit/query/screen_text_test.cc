#include "query/output/screen_text.h"

#include <gtest/gtest.h>

namespace ledger::query {
namespace {

std::string escaped(std::string_view text, size_t characters_max = 1000) {
  std::string out;
  append_escaped(out, text, characters_max);
  return out;
}

TEST(ScreenText, NoByteOfDataSteersTheTerminal) {
  EXPECT_EQ(escaped("a\x1b[31mb\x07\x7f"), "a\\x1b[31mb\\x07\\x7f");
  EXPECT_EQ(escaped("one\ntwo\r\tthree"), "one\\ntwo\\r\\tthree");
  EXPECT_EQ(escaped("\xc2\x9b"), "\\x9b");        // C1 control sequence introducer
  EXPECT_EQ(escaped("\xe2\x80\xae"), "\\u202e");  // right-to-left override
  EXPECT_EQ(escaped(std::string_view("\0", 1)), "\\x00");
}

TEST(ScreenText, InvalidUtf8IsShownByteByByte) {
  EXPECT_EQ(escaped("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // overlong
}

TEST(ScreenText, PlainTextStaysAsItIs) {
  EXPECT_EQ(escaped("Bahasa Indonesia — naïve 漢字"), "Bahasa Indonesia — naïve 漢字");
}

TEST(ScreenText, StopsAfterTheAskedNumberOfCharacters) { EXPECT_EQ(escaped("äöüß", 2), "äö"); }

TEST(ScreenText, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("äöü"), 3U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);
}

TEST(ScreenText, CutsToTheWidthWithAMark) {
  EXPECT_EQ(cut("abcdef", 6), "abcdef");
  EXPECT_EQ(cut("abcdef", 5), "abcd…");
  EXPECT_EQ(cut("漢字漢字", 5), "漢字…");
  EXPECT_EQ(cut("漢字漢字", 4), "漢…");
  EXPECT_EQ(cut("abcdef", 1), "…");
  for (size_t width = 1; width < 12; ++width)
    EXPECT_LE(display_width(cut("a漢b字c漢d字", width)), width);
}

}  // namespace
}  // namespace ledger::query
