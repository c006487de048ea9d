#include "schemas/base/bytes.h"

#include <array>

#include "schemas/base/assert.h"

namespace ledger {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

template <typename T>
void append_be(std::string& out, T value) {
  std::array<char, sizeof(T)> bytes{};
  for (size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<char>((value >> (8 * (sizeof(T) - 1 - i))) & 0xFF);
  }
  out.append(bytes.data(), bytes.size());
}

template <typename T>
T read_be(std::string_view bytes) {
  LEDGER_ASSERT(bytes.size() >= sizeof(T), "{} of {} bytes", bytes.size(), sizeof(T));
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<T>(value);
}

constexpr uint8_t kNoDigit = 0xFF;

constexpr std::array<uint8_t, 256> hex_values() {
  std::array<uint8_t, 256> values{};
  for (uint8_t& value : values) value = kNoDigit;
  for (uint8_t digit = 0; digit < 16; ++digit) {
    values[static_cast<uint8_t>(kHexDigits[digit])] = digit;
    values[static_cast<uint8_t>("0123456789ABCDEF"[digit])] = digit;
  }
  return values;
}

constexpr std::array<uint8_t, 256> kHexValues = hex_values();

}  // namespace

void append_be16(std::string& out, uint16_t value) { append_be(out, value); }
void append_be32(std::string& out, uint32_t value) { append_be(out, value); }
void append_be64(std::string& out, uint64_t value) { append_be(out, value); }
uint16_t read_be16(std::string_view bytes) { return read_be<uint16_t>(bytes); }
uint32_t read_be32(std::string_view bytes) { return read_be<uint32_t>(bytes); }
uint64_t read_be64(std::string_view bytes) { return read_be<uint64_t>(bytes); }

std::string to_hex(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  write_hex(bytes, out.data());
  return out;
}

bool parse_hex(std::string_view text, std::string& out) {
  out.resize(text.size() / 2);
  return parse_hex(text, reinterpret_cast<uint8_t*>(out.data()));
}

void write_hex(std::string_view bytes, char* out) {
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 15];
  }
}

bool parse_hex(std::string_view text, uint8_t* out) {
  if (text.size() % 2 != 0) return false;
  unsigned wrong = 0;
  for (size_t i = 0; i < text.size(); i += 2) {
    const unsigned high = kHexValues[static_cast<uint8_t>(text[i])];
    const unsigned low = kHexValues[static_cast<uint8_t>(text[i + 1])];
    wrong |= high | low;
    *out++ = static_cast<uint8_t>(high << 4 | low);
  }
  return wrong < 16;
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = buffer << 8 | static_cast<uint8_t>(c);
    for (bits += 8; bits >= 6; bits -= 6) out.push_back(kBase64Digits[buffer >> (bits - 6) & 63]);
  }
  if (bits > 0) out.push_back(kBase64Digits[buffer << (6 - bits) & 63]);
  return out;
}

bool parse_base64url(std::string_view text, std::string& out) {
  out.clear();
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const size_t digit = kBase64Digits.find(c);
    if (digit == std::string_view::npos) return false;
    buffer = buffer << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(buffer >> bits & 0xFF));
    }
  }
  return bits < 6 && (buffer & ((1U << bits) - 1)) == 0;
}

}  // namespace ledger
