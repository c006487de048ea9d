// Distinct byte strings, each with a number.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "projector/bulk/key_run.h"
#include "projector/bulk/number_table.h"

namespace ledger::bulk {

class Dictionary {
 public:
  static uint64_t hash_of(std::string_view bytes);
  // Returns: what equal bytes got before, else the next number from 0 on.
  uint32_t number(std::string_view bytes) { return number(bytes, hash_of(bytes)); }
  uint32_t number(std::string_view bytes, uint64_t hash);
  // Fetch into the cache what number() will look at, one after another with some time between.
  void fetch_place(uint64_t hash) const { numbers_.prefetch(hash); }
  void fetch_item(uint64_t hash) const;
  void fetch_text(uint64_t hash) const;
  // Makes numbers ranks in order of bytes; number() is not called again.
  // Returns: [number] -> rank.
  LargeVector<uint32_t> rank();
  std::string_view at(uint32_t number) const { return texts_.items()[number].key(); }
  size_t bytes() const { return texts_.bytes() + numbers_.bytes(); }
  uint32_t size() const { return static_cast<uint32_t>(texts_.items().size()); }

 private:
  const KeyRun::Item* first_of(uint64_t hash) const;

  KeyRun texts_;
  NumberTable numbers_;
};

}  // namespace ledger::bulk
