#include "query/cursor.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger::query {
namespace {

Cursor sample() {
  Cursor cursor;
  cursor.key = std::string("\x10key\0\xFF\x00", 7);
  cursor.partition = Partition{3};
  cursor.at = {{Partition{0}, Offset{12}}, {Partition{3}, Offset{1LL << 40}}};
  cursor.fingerprint = 0x8001020304050607ULL;
  cursor.now_ms = 1770832800000.25;
  return cursor;
}

void expect_refused(std::string_view text) {
  try {
    parse_cursor(text);
    ADD_FAILURE() << "accepted " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUsage);
  }
}

TEST(QueryCursor, ComesBackAsItWas) { EXPECT_EQ(parse_cursor(to_text(sample())), sample()); }

TEST(QueryCursor, IsOneWordForAShell) {
  EXPECT_EQ(to_text(sample()).find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

TEST(QueryCursor, RefusesEveryCutAndEveryChangedCharacter) {
  const std::string text = to_text(sample());
  for (size_t i = 0; i < text.size(); ++i) {
    expect_refused(text.substr(0, i));
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    expect_refused(changed);
  }
  expect_refused("not a cursor!");
}

TEST(QueryCursor, RefusesAnotherQueryOrLedger) {
  const Uuid ledger{1};
  const Uuid other{2};
  Cursor cursor = sample();
  cursor.fingerprint = fingerprint_of(ledger, "find a");
  EXPECT_NO_THROW(check_cursor(cursor, fingerprint_of(ledger, "find a")));
  EXPECT_THROW(check_cursor(cursor, fingerprint_of(ledger, "find b")), Error);
  EXPECT_THROW(check_cursor(cursor, fingerprint_of(other, "find a")), Error);
}

}  // namespace
}  // namespace ledger::query
