#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/packing_internal.h"

namespace ledger::store {

namespace {

constexpr double kWholeLimit = 9007199254740992.0;  // 2^53
constexpr size_t kHashDigits = 64;
constexpr int kLastShift = 63;

bool is_whole(double value) {
  return value >= 0 && value < kWholeLimit && !std::signbit(value) && std::trunc(value) == value;
}

bool is_packable_hash(std::string_view text) {
  if (text.size() != kHashDigits) return false;
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

}  // namespace

void Packer::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) byte(static_cast<uint8_t>(value | 0x80));
  byte(static_cast<uint8_t>(value));
}

void Packer::number(double value) {
  if (is_whole(value)) return varint(static_cast<uint64_t>(value) * 2);
  byte(1);
  append_be64(out_, std::bit_cast<uint64_t>(value));
}

void Packer::text(std::string_view text) {
  varint(text.size() * 2);
  out_.append(text);
}

void Packer::hash(std::string_view text) {
  if (!is_packable_hash(text)) return this->text(text);
  std::string bytes;
  parse_hex(text, bytes);
  varint(bytes.size() * 2 + 1);
  out_.append(bytes);
}

void Unpacker::fail() const {
  throw Error(
      Fault::kIntegrity,
      fmt::format("views: {} is damaged; rebuild the views: ledger-projector rebuild", what_));
}

std::string_view Unpacker::take(size_t length) {
  if (length > rest_.size()) fail();
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return taken;
}

uint8_t Unpacker::byte() { return static_cast<uint8_t>(take(1).front()); }

uint64_t Unpacker::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t part = byte();
    if (shift == kLastShift && part > 1) fail();  // more than 64 bits
    value |= static_cast<uint64_t>(part & 0x7F) << shift;
    if (part >= 0x80) continue;
    if (part == 0 && shift > 0) fail();  // not the shortest
    return value;
  }
  fail();
}

Offset Unpacker::offset() {
  const uint64_t value = varint();
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) fail();
  return Offset{static_cast<int64_t>(value)};
}

int32_t Unpacker::small() {
  const uint64_t value = varint();
  if (value > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) fail();
  return static_cast<int32_t>(value);
}

double Unpacker::number() {
  const uint64_t tagged = varint();
  if (tagged % 2 == 0) {
    const auto whole = static_cast<double>(tagged >> 1);
    if (whole >= kWholeLimit) fail();
    return whole;
  }
  if (tagged != 1) fail();
  const auto value = std::bit_cast<double>(read_be64(take(8)));
  if (is_whole(value)) fail();
  return value;
}

std::string_view Unpacker::text() {
  const uint64_t tagged = varint();
  if (tagged % 2 != 0) fail();
  return take(tagged / 2);
}

std::string Unpacker::hash() {
  const uint64_t tagged = varint();
  const std::string_view bytes = take(tagged / 2);
  const bool is_packed = tagged % 2 != 0;
  if (is_packed ? bytes.size() != kHashDigits / 2 : is_packable_hash(bytes)) fail();
  return is_packed ? to_hex(bytes) : std::string(bytes);
}

void Unpacker::finish() const {
  if (!rest_.empty()) fail();
}

}  // namespace ledger::store
