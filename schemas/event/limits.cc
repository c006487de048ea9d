#include "schemas/event/limits.h"

#include <array>
#include <cmath>
#include <cstring>

#include "schemas/base/utf8.h"
#include "schemas/event/limit_fields.h"

namespace ledger::event {

namespace {

constexpr double kTimeLimitMs = 9007199254740992.0;  // 2^53

std::optional<Rejection> limit(std::string_view field, std::string_view reason) {
  return Rejection{RejectCode::kLimit, field, reason};
}

std::optional<Rejection> check_texts(const Fields& fields) {
  for (const TextField& text : fields.texts) {
    if (!text.name.empty() && !is_legal_text(text.text)) {
      return limit(text.name, "must be valid UTF-8 without U+0000");
    }
  }
  for (size_t slot = 0; slot < kTextSlots; ++slot) {
    const TextField& text = fields.texts[slot];
    if (text.name.empty()) continue;
    const TextLimit& bound = kTextLimits[slot];
    if (text.text.size() < bound.bytes_min || text.text.size() > bound.bytes_max) {
      return limit(text.name, bound.reason);
    }
  }
  if (!fields.error_message_rule.empty()) {
    return limit(fields.error_message_rule, "must be given when status is failed, and only then");
  }
  return std::nullopt;
}

std::optional<Rejection> check_numbers(const Fields& fields) {
  const auto numbers = fields.number_list();
  for (const NumberField& number : numbers) {
    if (!std::isfinite(number.value)) return limit(number.name, "must be finite");
  }
  for (const NumberField& number : numbers) {
    if (number.kind != NumberKind::kTime) continue;
    if (!(number.value > 0 && number.value < kTimeLimitMs)) {
      return limit(number.name, "must be ms since the Unix epoch, above 0 and below 2^53");
    }
  }
  for (const NumberField& number : numbers) {
    if (number.kind == NumberKind::kAmount && number.value < 0) {
      return limit(number.name, "must not be negative");
    }
  }
  return std::nullopt;
}

// Are all bytes ASCII and not zero? Eight at a time: most text is, and short.
bool is_plain(std::string_view text) {
  constexpr uint64_t kHigh = 0x8080808080808080;
  constexpr uint64_t kLow = 0x0101010101010101;
  size_t at = 0;
  uint64_t word = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::memcpy(&word, text.data() + at, 8);
    // A byte of `word` that is 0 borrows: its high bit is set in word - kLow.
    if (((word | (word - kLow)) & kHigh) != 0) return false;
  }
  if (at == text.size()) return true;
  word = kLow;
  std::memcpy(&word, text.data() + at, text.size() - at);
  return ((word | (word - kLow)) & kHigh) == 0;
}

}  // namespace

std::optional<Rejection> check_limits(const Event& event) {
  Fields fields;
  collect(event, fields);
  if (!fields.unset.empty()) {
    return Rejection{RejectCode::kUnset, fields.unset, "must be one of the named values"};
  }
  if (auto violation = check_texts(fields)) return violation;
  return check_numbers(fields);
}

bool is_legal_text(std::string_view text) {
  if (is_plain(text)) return true;
  return std::memchr(text.data(), 0, text.size()) == nullptr && is_utf8(text);
}

}  // namespace ledger::event
