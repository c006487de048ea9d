// Random key parts and rows: few different values, so that equal and neighbouring ones meet, and
// the odd ones (NUL, high UTF-8, -0, denormals, infinities) often.
#pragma once

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "schemas/index/key.h"

namespace ledger::index {

// LEDGER_SEED repeats a run; a failing test prints it.
inline uint64_t test_seed() {
  const char* given = std::getenv("LEDGER_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20260211;
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(engine_);
  }
  template <typename T, size_t N>
  const T& one_of(const T (&values)[N]) {
    return values[below(N)];
  }

  std::string text() {
    static const std::string kPieces[] = {
        std::string(1, '\0'), "\x01",        "a", "b", "\x7f", "\xc3\xa9", "\xef\xbd\x9e",
        "\xf0\x9f\x8e\xa7",   "\xef\xbf\xbf"};
    std::string text;
    for (size_t pieces = below(5); pieces > 0; --pieces) text += one_of(kPieces);
    return text;
  }

  double number() {
    using Limits = std::numeric_limits<double>;
    static const double kOdd[] = {0.0,
                                  -0.0,
                                  Limits::denorm_min(),
                                  -Limits::denorm_min(),
                                  Limits::min(),
                                  -Limits::max(),
                                  Limits::max(),
                                  Limits::infinity(),
                                  -Limits::infinity(),
                                  1770832800000.123,
                                  9007199254740992};
    if (below(3) == 0) return one_of(kOdd);
    const double small = static_cast<double>(below(5)) - 2;
    return below(2) == 0 ? small : std::ldexp(small, static_cast<int>(below(2000)) - 1000);
  }

  KeyPart part() {
    const size_t kind = below(5);
    if (kind == 0) return {};
    return kind < 3 ? KeyPart(number()) : KeyPart(text());
  }

 private:
  std::mt19937_64 engine_;
};

// Convex's order of values, written from its definition: absent < numbers < text; numbers by their
// value, -0 before 0; text by code points. Returns: < 0, 0 or > 0.
inline int compare_parts(const KeyPart& a, const KeyPart& b) {
  if (a.index() != b.index()) return a.index() < b.index() ? -1 : 1;
  if (const auto* number = std::get_if<double>(&a)) {
    const double other = std::get<double>(b);
    if (*number != other) return *number < other ? -1 : 1;
    return static_cast<int>(std::signbit(other)) - static_cast<int>(std::signbit(*number));
  }
  if (const auto* text = std::get_if<std::string>(&a))
    return text->compare(std::get<std::string>(b));
  return 0;
}

inline std::string key_of(const std::vector<KeyPart>& parts) {
  std::string key;
  for (const KeyPart& part : parts) append_part(key, part);
  return key;
}

}  // namespace ledger::index
