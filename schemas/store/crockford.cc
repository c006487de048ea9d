#include <algorithm>
#include <array>
#include <cstring>

#include "schemas/base/assert.h"
#include "schemas/store/crockford_internal.h"

namespace ledger::store {

namespace {

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr uint8_t kNoDigit = 0xFF;
constexpr size_t kGroupDigits = 8;  // a group of digits is whole bytes
constexpr size_t kGroupBytes = 5;
constexpr size_t kGroupBits = 8 * kGroupBytes;
constexpr uint64_t kDigitMask = 31;

constexpr std::array<uint8_t, 256> digit_values() {
  std::array<uint8_t, 256> values{};
  for (uint8_t& value : values) value = kNoDigit;
  for (size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<uint8_t>(kDigits[i])] = static_cast<uint8_t>(i);
  }
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

// kGroupDigits digits into kGroupBytes bytes.
void pack_group(const char* digits, char* bytes) {
  uint64_t bits = 0;
  for (size_t i = 0; i < kGroupDigits; ++i) {
    bits |= uint64_t{value_of(digits[i])} << (kDigitBits * (kGroupDigits - 1 - i));
  }
  bits = __builtin_bswap64(bits << (64 - kGroupBits));
  std::memcpy(bytes, &bits, kGroupBytes);
}

uint64_t read_group(const uint8_t* bytes) {
  uint64_t bits = 0;
  for (size_t i = 0; i < kGroupBytes; ++i) bits = bits << 8 | bytes[i];
  return bits;
}

void write_group(uint64_t bits, char* digits) {
  for (size_t pair = 0; pair < kGroupDigits / 2; ++pair) {
    const auto& two = kPairs[bits >> (2 * kDigitBits * (3 - pair)) & 1023];
    std::copy_n(two.begin(), two.size(), digits + 2 * pair);
  }
}

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
  while (text.size() - count >= kGroupDigits) {
    const char* const group = text.data() + text.size() - count - kGroupDigits;
    uint8_t values = 0;
    for (size_t i = 0; i < kGroupDigits; ++i) values |= value_of(group[i]);
    if (values > kDigitMask) break;
    count += kGroupDigits;
  }
  while (count < text.size() && value_of(text[text.size() - 1 - count]) != kNoDigit) ++count;
  return count;
}

size_t packed_size(size_t digits) { return (digits * kDigitBits + 7) / 8; }

void pack_digits(std::string_view digits, std::string& out) {
  const size_t start = out.size();
  out.resize(start + packed_size(digits.size()));
  char* to = out.data() + start;
  for (; digits.size() >= kGroupDigits; digits.remove_prefix(kGroupDigits)) {
    pack_group(digits.data(), to);
    to += kGroupBytes;
  }
  if (digits.empty()) return;
  std::array<char, kGroupDigits> last{};
  last.fill(kDigits.front());  // zero bits
  std::copy(digits.begin(), digits.end(), last.begin());
  std::array<char, kGroupBytes> bytes{};
  pack_group(last.data(), bytes.data());
  std::copy_n(bytes.begin(), packed_size(digits.size()), to);
}

bool unpack_digits(std::string_view bytes, size_t count, std::string& out) {
  LEDGER_ASSERT(bytes.size() == packed_size(count), "{} {}", bytes.size(), count);
  const size_t start = out.size();
  out.resize(start + count);
  char* to = out.data() + start;
  const auto* from = reinterpret_cast<const uint8_t*>(bytes.data());
  for (; count >= kGroupDigits; count -= kGroupDigits) {
    write_group(read_group(from), to);
    from += kGroupBytes;
    to += kGroupDigits;
  }
  std::array<uint8_t, kGroupBytes> last{};
  std::copy_n(from, packed_size(count), last.begin());
  const uint64_t bits = read_group(last.data());
  std::array<char, kGroupDigits> digits{};
  write_group(bits, digits.data());
  std::copy_n(digits.begin(), count, to);
  return bits << (64 - kGroupBits + kDigitBits * count) == 0;
}

}  // namespace ledger::store
