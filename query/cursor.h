// The cursor between two pages: base64url of
//
//   version u8 = 1 | fingerprint be64 | now_ms be64 | partition be32 | count be16 |
//   (partition be32, offset be64)* | last key | check be32
//
// check = the first 4 bytes of XXH3-128 of what stands before it, so that a cut or mistyped cursor
// is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/ids.h"

namespace ledger::query {

struct Cursor {
  std::string key;        // given last
  Partition partition{};  // of that key
  PositionVector at;      // of the first page
  uint64_t fingerprint = 0;
  double now_ms = 0;  // of the first page: `now-1h` means the same on every page
  bool operator==(const Cursor&) const = default;
};

std::string to_text(const Cursor& cursor);

// Throws: Error{kUsage} when `text` is no cursor.
Cursor parse_cursor(std::string_view text);
// Throws: Error{kUsage} when the cursor is of another query, order or ledger.
void check_cursor(const Cursor& cursor, uint64_t fingerprint);

// Of a query in its canonical form, on one ledger.
uint64_t fingerprint_of(const Uuid& ledger_id, std::string_view query);

}  // namespace ledger::query
