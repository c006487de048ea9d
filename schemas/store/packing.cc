#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/crockford_internal.h"
#include "schemas/store/packing_internal.h"

namespace ledger::store {

namespace {

constexpr double kWholeLimit = 9007199254740992.0;  // 2^53
constexpr size_t kHashDigits = 64;
constexpr int kLastShift = 63;

// Kinds of an id, in the remainder of its tag, 3 * length + kind.
constexpr uint64_t kKinds = 3;
enum : uint64_t { kPlain = 0, kDigits = 1, kHeadAndDigits = 2 };
constexpr size_t kDigitsMin = 3;  // fewer are no shorter packed
constexpr size_t kDigitsBehindHeadMin = 6;
constexpr size_t kHexIdDigits = 32;
constexpr uint64_t kHexIdTag = 4;  // of kDigits with a length that is never packed
constexpr uint64_t kUuidTag = 7;
constexpr size_t kUuidText = 36;

bool is_whole(double value) {
  return value >= 0 && value < kWholeLimit && !std::signbit(value) && std::trunc(value) == value;
}

bool are_hex_digits(std::string_view text) {
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool is_packable_hash(std::string_view text) {
  return text.size() == kHashDigits && are_hex_digits(text);
}

bool is_hex_id(std::string_view text) {
  return text.size() == kHexIdDigits && are_hex_digits(text);
}

bool is_uuid(std::string_view text) {
  Uuid uuid;
  return text.size() == kUuidText && parse_uuid(text, uuid) && to_text(uuid) == text;
}

// An id in its only form.
struct IdForm {
  uint64_t tag = 0;
  size_t head = 0;  // bytes that stand as they are
};

IdForm form_of(std::string_view text) {
  const size_t digits = trailing_digits(text);
  const size_t head = text.size() - digits;
  if (head == 0 && digits >= kDigitsMin) {
    return {is_hex_id(text) ? kHexIdTag : digits * kKinds + kDigits, 0};
  }
  if (is_uuid(text)) return {kUuidTag, 0};
  if (digits >= kDigitsBehindHeadMin) return {digits * kKinds + kHeadAndDigits, head};
  return {text.size() * kKinds + kPlain, text.size()};
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

void Packer::id(std::string_view text) {
  const IdForm form = form_of(text);
  varint(form.tag);
  if (form.tag == kHexIdTag || form.tag == kUuidTag) {
    std::string digits(text);
    std::erase(digits, '-');
    std::string bytes;
    parse_hex(digits, bytes);
    out_.append(bytes);
    return;
  }
  if (form.tag % kKinds == kHeadAndDigits) varint(form.head);
  out_.append(text, 0, form.head);
  pack_digits(text.substr(form.head), out_);
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

void Unpacker::id(std::string& into) {
  const uint64_t tag = varint();
  if (tag == kHexIdTag) {
    into.resize(kHexIdDigits);
    write_hex(take(kHexIdDigits / 2), into.data());
    return;
  }
  if (tag == kUuidTag) {
    Uuid uuid;
    const std::string_view bytes = take(uuid.size());
    std::copy(bytes.begin(), bytes.end(), uuid.begin());
    into = to_text(uuid);
    return;
  }
  const uint64_t length = tag / kKinds;
  if (length > 2 * rest_.size()) fail();
  switch (tag % kKinds) {
    case kPlain:
      into = take(length);
      if (form_of(into).tag != tag) fail();
      return;
    case kDigits:
      into.clear();
      if (!unpack_digits(take(packed_size(length)), length, into)) fail();
      if (length < kDigitsMin || is_hex_id(into)) fail();
      return;
    default:
      head_and_digits(length, into);
  }
}

void Unpacker::head_and_digits(uint64_t length, std::string& into) {
  const uint64_t head = varint();
  into = take(head);
  if (head == 0 || trailing_digits(into) != 0 || length < kDigitsBehindHeadMin) fail();
  if (length > 2 * rest_.size() || !unpack_digits(take(packed_size(length)), length, into)) fail();
  if (is_uuid(into)) fail();
}

void Unpacker::finish() const {
  if (!rest_.empty()) fail();
}

}  // namespace ledger::store
