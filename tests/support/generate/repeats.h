// Redelivered lines: a share of the output repeats one of the lines before it, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/generate/random.h"

namespace ledger::generate {

class Repeats {
 public:
  static constexpr size_t kBack = 100;  // how far a repeat can lie behind its line

  // `share` of all lines, 0 <= share < 1.
  Repeats(double share, uint64_t seed) : share_(share), random_(mix(seed + 3)) {}

  // How many of `lines` lines are repeats. The others are for the stream to make.
  static uint64_t of(uint64_t lines, double share) {
    return static_cast<uint64_t>(static_cast<double>(lines) * share);
  }

  // Takes a fresh line. Returns: the line to repeat after it, or nullptr.
  const std::string* after(std::string_view line);

 private:
  double share_;
  Random random_;
  std::vector<std::string> recent_;
  uint64_t fresh_ = 0;
  uint64_t repeated_ = 0;
};

}  // namespace ledger::generate
