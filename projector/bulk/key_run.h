// Entries of one view that are added in any order and read in key order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "projector/bulk/arena.h"

namespace ledger::bulk {

class KeyRun {
 public:
  struct Item {
    uint64_t prefix;  // bytes of the key behind what all keys share; set by sort()
    const char* bytes;
    uint32_t key_size;
    uint32_t value_size;
    std::string_view key() const { return {bytes, key_size}; }
    std::string_view value() const { return {bytes + key_size, value_size}; }
  };

  void add(std::string_view key, std::string_view value);
  // By key; keys are unique (asserted).
  void sort();
  const LargeVector<Item>& items() const { return items_; }
  size_t bytes() const { return arena_.bytes() + items_.size() * sizeof(Item); }

 private:
  Arena arena_;
  LargeVector<Item> items_;
};

}  // namespace ledger::bulk
