#include "schemas/base/utf8.h"

#include <array>
#include <cstring>

namespace ledger {

namespace {

// How many bytes `text` begins with that are ASCII, counted in eights.
size_t ascii_bytes(std::string_view text) {
  constexpr uint64_t kHigh = 0x8080808080808080;
  size_t at = 0;
  for (uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHigh) != 0) break;
  }
  return at;
}

}  // namespace

Utf8Character first_utf8(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t bytes = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {lead, 1, false};
  uint32_t code = lead & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid =
      code >= kLeast.at(bytes) && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return valid ? Utf8Character{code, bytes, true} : Utf8Character{lead, 1, false};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(ascii_bytes(text));
    // Then characters up to the next byte of ASCII behind others, or the last few.
    while (!text.empty()) {
      const Utf8Character character = first_utf8(text);
      if (!character.valid) return false;
      text.remove_prefix(character.bytes);
      if (character.code < 0x80) break;
    }
  }
  return true;
}

}  // namespace ledger
