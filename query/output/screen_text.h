// Text for a terminal: control bytes escaped, width counted, cut to fit.
#pragma once

#include <string>
#include <string_view>

namespace ledger::query {

// Appends `text` with control characters, invalid UTF-8 and characters that change the direction of
// writing escaped (\n, \x1b, \u202e), so that no data can steer the terminal.
// Stops after `characters_max` characters.
void append_escaped(std::string& out, std::string_view text, size_t characters_max);

// Columns that escaped text takes: wide East Asian characters two, combining marks none.
size_t display_width(std::string_view text);

// `text` cut to `width` columns with `…` at its end if it is longer. Cost: one pass.
std::string cut(std::string_view text, size_t width);

}  // namespace ledger::query
