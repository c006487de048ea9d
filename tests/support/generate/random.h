// Randomness that is the same on every machine: SplitMix64, and a choice by weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ledger::generate {

// A well mixed function of 64 bits (the finalizer of SplitMix64). Source: Steele, Lea, Flood 2014.
constexpr uint64_t mix(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

// Why: the engines of <random> are portable, its distributions are not.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(mix(seed)) {}

  uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  bool chance(double probability) { return unit() < probability; }
  uint32_t below(uint32_t limit) {  // [0, limit); limit > 0
    return static_cast<uint32_t>((next() >> 32) * limit >> 32);
  }
  double exponential(double mean);

 private:
  uint64_t state_;
};

// Draws an index with a probability proportional to its weight, in constant time.
// Source: the alias method (Walker 1977, Vose 1991).
class WeightedChoice {
 public:
  // Precondition (asserted): at least one weight; all are positive.
  explicit WeightedChoice(const std::vector<double>& weights);
  uint32_t draw(Random& random) const;

 private:
  struct Slot {
    uint32_t own_share;  // of 2^32
    uint32_t other;
  };
  std::vector<Slot> slots_;
};

// Weight of rank i (from 0): (i + 1) ^ -exponent.
std::vector<double> zipf_weights(size_t count, double exponent);

}  // namespace ledger::generate
