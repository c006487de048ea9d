// How many distinct values there were, estimated in a KiB of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ledger::bulk {

// HyperLogLog. Standard error 3.3 %.
// Source: Flajolet, Fusy, Gandouet, Meunier: HyperLogLog, 2007.
class DistinctCount {
 public:
  // `hash`: 64 good bits of a value.
  void add(uint64_t hash);
  size_t estimate() const;

 private:
  static constexpr unsigned kIndexBits = 10;

  std::array<uint8_t, size_t{1} << kIndexBits> highest_{};  // 1 + zeros that lead the other bits
};

}  // namespace ledger::bulk
