#include "query/output/screen_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "schemas/base/utf8.h"

namespace ledger::query {

namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

template <size_t N>
bool within(const std::array<Range, N>& ranges, uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

// Controls, line separators, marks and overrides of direction.
constexpr std::array<Range, 6> kUnsafe = {{{0x00, 0x1F},
                                           {0x7F, 0x9F},
                                           {0x200E, 0x200F},
                                           {0x2028, 0x202E},
                                           {0x2066, 0x2069},
                                           {0xFEFF, 0xFEFF}}};
constexpr std::array<Range, 6> kCombining = {{{0x0300, 0x036F},
                                              {0x0E31, 0x0E31},
                                              {0x0E34, 0x0E3A},
                                              {0x200B, 0x200D},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F}}};
constexpr std::array<Range, 8> kWide = {{{0x1100, 0x115F},
                                         {0x2E80, 0x303E},
                                         {0x3041, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFF00, 0xFF60},
                                         {0x1F300, 0x1FAFF},
                                         {0x20000, 0x3FFFD}}};

size_t width_of(const Utf8Character& character) {
  if (within(kCombining, character.code)) return 0;
  return within(kWide, character.code) ? 2 : 1;
}

void append_escape(std::string& out, const Utf8Character& character) {
  switch (character.code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += character.code > 0xFF ? fmt::format("\\u{:04x}", character.code)
                                   : fmt::format("\\x{:02x}", character.code);
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, size_t characters_max) {
  for (size_t count = 0; !text.empty() && count < characters_max; ++count) {
    const Utf8Character character = first_utf8(text);
    if (!character.valid || within(kUnsafe, character.code)) {
      append_escape(out, character);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Utf8Character character = first_utf8(text);
    width += width_of(character);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string cut(std::string_view text, size_t width) {
  size_t used = 0;
  size_t fits = 0;  // bytes that leave room for the mark of the cut
  for (size_t bytes = 0; bytes < text.size();) {
    const Utf8Character character = first_utf8(text.substr(bytes));
    used += width_of(character);
    if (used > width) return std::string(text.substr(0, fits)) + "…";
    bytes += character.bytes;
    if (used + 1 <= width) fits = bytes;
  }
  return std::string(text);
}

}  // namespace ledger::query
