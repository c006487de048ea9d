#include "schemas/base/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include <rapidjson/writer.h>

#include "schemas/base/assert.h"

namespace ledger {

namespace {

class StringStream {
 public:
  using Ch = char;
  explicit StringStream(std::string& out) : out_(out) {}
  void Put(char c) { out_.push_back(c); }
  void Flush() {}

 private:
  std::string& out_;
};

constexpr double kWholeMax = 9007199254740992;  // 2^53

bool needs_escape(char c) { return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\'; }

void append_escape(std::string& out, char c) {
  constexpr std::string_view kNamed = "\b\f\n\r\t\"\\";
  constexpr std::string_view kNames = "bfnrt\"\\";
  const size_t named = kNamed.find(c);
  if (named != std::string_view::npos) {
    out.append({'\\', kNames[named]});
  } else {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<uint8_t>(c);
    out.append("\\u00").append({kDigits[byte >> 4], kDigits[byte & 0xF]});
  }
}

constexpr uint64_t kEachByte = 0x0101010101010101;

// Not 0 when a byte of `word` is.
constexpr uint64_t zero_bytes(uint64_t word) {
  return (word - kEachByte) & ~word & (kEachByte * 0x80);
}

// Length of a prefix that needs no escape: eight bytes at a time, and up to seven too short.
size_t plain_prefix(std::string_view utf8) {
  size_t at = 0;
  for (; at + 8 <= utf8.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, utf8.data() + at, 8);
    const uint64_t control = zero_bytes(word & (kEachByte * 0xE0));
    if ((control | zero_bytes(word ^ (kEachByte * '"')) | zero_bytes(word ^ (kEachByte * '\\'))) !=
        0)
      break;
  }
  return at;
}

void append_quoted(std::string& out, std::string_view utf8) {
  out.push_back('"');
  size_t taken = 0;
  for (size_t i = plain_prefix(utf8); i < utf8.size(); ++i) {
    if (!needs_escape(utf8[i])) continue;
    out.append(utf8.substr(taken, i - taken));
    append_escape(out, utf8[i]);
    taken = i + 1;
    i += plain_prefix(utf8.substr(taken));
  }
  out.append(utf8.substr(taken)).push_back('"');
}

void append_whole(std::string& out, double value) {
  std::array<char, 24> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<int64_t>(value));
  out.append(buffer.data(), end.ptr);
}

}  // namespace

// Shortest round-trip digits by std::to_chars, laid out by the rules of ECMA-262 Number::toString.
void append_js_number(std::string& out, double value) {
  LEDGER_ASSERT(std::isfinite(value), "{}", value);
  if (std::abs(value) < kWholeMax && value == std::trunc(value)) return append_whole(out, value);
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<size_t>(end.ptr - buffer.data()));
  if (text.front() == '-') {
    out.push_back('-');
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(),
                  exponent);
  std::array<char, 24> digits{};
  size_t count = 0;
  for (const char c : text.substr(0, e)) {
    if (c != '.') digits[count++] = c;
  }
  const int point = exponent + 1;  // digits before the decimal point
  const int length = static_cast<int>(count);
  if (length <= point && point <= 21) {
    out.append(digits.data(), count).append(static_cast<size_t>(point - length), '0');
  } else if (0 < point && point <= 21) {
    out.append(digits.data(), static_cast<size_t>(point)).push_back('.');
    out.append(digits.data() + point, static_cast<size_t>(length - point));
  } else if (-6 < point && point <= 0) {
    out.append("0.").append(static_cast<size_t>(-point), '0').append(digits.data(), count);
  } else {
    out.push_back(digits[0]);
    if (length > 1) out.append(".").append(digits.data() + 1, count - 1);
    out.append(exponent < 0 ? "e-" : "e+").append(std::to_string(std::abs(exponent)));
  }
}

struct JsonWriter::Impl {
  explicit Impl(std::string& text) : out(text), stream(text), writer(stream) {}
  std::string& out;
  StringStream stream;
  rapidjson::Writer<StringStream> writer;

  // Writes the comma or colon before a value that is then appended to `out` whole; RapidJSON alone
  // would put it byte by byte.
  void begin_value(rapidjson::Type type) { writer.RawValue("", 0, type); }
};

JsonWriter::JsonWriter(std::string& out) : impl_(std::make_unique<Impl>(out)) {}
JsonWriter::~JsonWriter() = default;

void JsonWriter::restart() { impl_->writer.Reset(impl_->stream); }
void JsonWriter::begin_object() { impl_->writer.StartObject(); }
void JsonWriter::end_object() { impl_->writer.EndObject(); }
void JsonWriter::begin_array() { impl_->writer.StartArray(); }
void JsonWriter::end_array() { impl_->writer.EndArray(); }

void JsonWriter::key(std::string_view name) { text(name); }

void JsonWriter::text(std::string_view utf8) {
  impl_->begin_value(rapidjson::kStringType);
  append_quoted(impl_->out, utf8);
}

void JsonWriter::number(double value) {
  impl_->begin_value(rapidjson::kNumberType);
  append_js_number(impl_->out, value);
}

void JsonWriter::integer(int64_t value) { impl_->writer.Int64(value); }
void JsonWriter::boolean(bool value) { impl_->writer.Bool(value); }
void JsonWriter::null() { impl_->writer.Null(); }

void JsonWriter::raw(std::string_view json) {
  impl_->begin_value(rapidjson::kObjectType);
  impl_->out.append(json);
}

}  // namespace ledger
