#include "projector/bulk/distinct_count.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ledger::bulk {

namespace {
// What makes the harmonic mean unbiased, and below how many per register empty ones tell more.
constexpr double kAlpha = 0.7213 / (1 + 1.079 / 1024);
constexpr double kFewPerRegister = 2.5;
}  // namespace

void DistinctCount::add(uint64_t hash) {
  uint8_t& highest = highest_[hash >> (64 - kIndexBits)];
  const uint64_t rest = hash << kIndexBits | uint64_t{1} << (kIndexBits - 1);
  highest = std::max(highest, static_cast<uint8_t>(std::countl_zero(rest) + 1));
}

size_t DistinctCount::estimate() const {
  const auto registers = static_cast<double>(highest_.size());
  double sum = 0;
  double empty = 0;
  for (const uint8_t highest : highest_) {
    sum += std::ldexp(1.0, -highest);
    if (highest == 0) ++empty;
  }
  const double estimate = kAlpha * registers * registers / sum;
  if (estimate > kFewPerRegister * registers || empty == 0) return static_cast<size_t>(estimate);
  return static_cast<size_t>(registers * std::log(registers / empty));
}

}  // namespace ledger::bulk
