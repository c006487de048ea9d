#include <algorithm>
#include <array>

#include "schemas/base/assert.h"
#include "schemas/store/crockford_internal.h"

namespace ledger::store {

namespace {

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr uint8_t kNoDigit = 0xFF;
constexpr size_t kGroupDigits = 8;  // a group of digits is whole bytes
constexpr size_t kGroupBytes = 5;
constexpr uint64_t kDigitMask = 31;

constexpr std::array<uint8_t, 256> digit_values() {
  std::array<uint8_t, 256> values{};
  for (uint8_t& value : values) value = kNoDigit;
  for (uint8_t i = 0; i < kDigits.size(); ++i) values[static_cast<uint8_t>(kDigits[i])] = i;
  return values;
}

constexpr std::array<uint8_t, 256> kValues = digit_values();

// Two digits at a time.
constexpr std::array<std::array<char, 2>, 1024> digit_pairs() {
  std::array<std::array<char, 2>, 1024> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {kDigits[i >> kDigitBits], kDigits[i & kDigitMask]};
  }
  return pairs;
}

constexpr std::array<std::array<char, 2>, 1024> kPairs = digit_pairs();

uint8_t value_of(char digit) { return kValues[static_cast<uint8_t>(digit)]; }

}  // namespace

void append_digits(std::string& out, uint64_t value, int digits) {
  for (int shift = kDigitBits * (digits - 1); shift >= 0; shift -= kDigitBits) {
    out.push_back(kDigits[value >> shift & kDigitMask]);
  }
}

std::optional<uint64_t> read_digits(std::string_view digits) {
  uint64_t number = 0;
  for (const char digit : digits) {
    const uint8_t value = value_of(digit);
    if (value == kNoDigit || number >> (64 - kDigitBits) != 0) return std::nullopt;
    number = number << kDigitBits | value;
  }
  return number;
}

size_t trailing_digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && value_of(text[text.size() - 1 - count]) != kNoDigit) ++count;
  return count;
}

size_t packed_size(size_t digits) { return (digits * kDigitBits + 7) / 8; }

void pack_digits(std::string_view digits, std::string& out) {
  for (size_t at = 0; at < digits.size(); at += kGroupDigits) {
    const std::string_view group = digits.substr(at, kGroupDigits);
    uint64_t bits = 0;
    for (const char digit : group) bits = bits << kDigitBits | value_of(digit);
    bits <<= kDigitBits * (kGroupDigits - group.size());
    const size_t bytes = packed_size(group.size());
    for (size_t i = 0; i < bytes; ++i) {
      out.push_back(static_cast<char>(bits >> (8 * (kGroupBytes - 1 - i)) & 0xFF));
    }
  }
}

bool unpack_digits(std::string_view bytes, size_t count, std::string& out) {
  LEDGER_ASSERT(bytes.size() == packed_size(count), "{} {}", bytes.size(), count);
  uint64_t rest = 0;  // of the last group, behind its digits
  out.reserve(out.size() + count);
  for (; count > 0; bytes.remove_prefix(std::min(kGroupBytes, bytes.size()))) {
    const std::string_view group = bytes.substr(0, kGroupBytes);
    uint64_t bits = 0;
    for (const char byte : group) bits = bits << 8 | static_cast<uint8_t>(byte);
    bits <<= 8 * (kGroupBytes - group.size());
    std::array<char, kGroupDigits> digits{};
    for (size_t pair = 0; pair < digits.size() / 2; ++pair) {
      const auto& two = kPairs[bits >> (2 * kDigitBits * (3 - pair)) & 1023];
      digits[2 * pair] = two[0];
      digits[2 * pair + 1] = two[1];
    }
    const size_t part = std::min(kGroupDigits, count);
    out.append(digits.data(), part);
    count -= part;
    rest = bits & ((uint64_t{1} << (kDigitBits * (kGroupDigits - part))) - 1);
  }
  return rest == 0;
}

}  // namespace ledger::store
