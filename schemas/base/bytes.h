// Byte strings: big-endian integers in keys, hex, base64url.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger {

void append_be16(std::string& out, uint16_t value);
void append_be32(std::string& out, uint32_t value);
void append_be64(std::string& out, uint64_t value);
// Precondition (asserted): `bytes` holds at least 2, 4 or 8 bytes.
uint16_t read_be16(std::string_view bytes);
uint32_t read_be32(std::string_view bytes);
uint64_t read_be64(std::string_view bytes);

std::string to_hex(std::string_view bytes);
// Returns: false on an odd length or a character that is not a hex digit.
bool parse_hex(std::string_view text, std::string& out);
// Into a place of the caller's; `out` then has text.size() / 2 bytes, or 2 * bytes.size() digits.
bool parse_hex(std::string_view text, uint8_t* out);
void write_hex(std::string_view bytes, char* out);

std::string to_base64url(std::string_view bytes);  // no padding
bool parse_base64url(std::string_view text, std::string& out);

}  // namespace ledger
