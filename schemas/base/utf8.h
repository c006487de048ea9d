// UTF-8, character by character.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ledger {

struct Utf8Character {
  uint32_t code = 0;
  size_t bytes = 1;
  bool valid = false;
};

// The first character of `text`; an invalid byte is a character of its own. Precondition: not
// empty.
Utf8Character first_utf8(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace ledger
