// Crockford's base32, lower case: 5 bits a digit, most significant first. Ids are written in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledger::store {

inline constexpr int kDigitBits = 5;

// `digits` digits of the number, zero bits on the left.
void append_digits(std::string& out, uint64_t value, int digits);
// Returns: nullopt when one is no digit, or the number is 2^64 or more.
std::optional<uint64_t> read_digits(std::string_view digits);

size_t trailing_digits(std::string_view text);  // behind the last character that is none
size_t packed_size(size_t digits);              // bytes that this many digits take
// Precondition: all are digits. The last byte is filled up with zero bits.
void pack_digits(std::string_view digits, std::string& out);
// Appends `count` digits; `bytes` are packed_size() of that. Returns: false when the bits behind
// the last digit are not zero.
bool unpack_digits(std::string_view bytes, size_t count, std::string& out);

}  // namespace ledger::store
