// Numbers that are found by a hash; who asks compares what they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "projector/bulk/overflow.h"

namespace ledger::bulk {

// Only the low 32 bits of a hash count.
class NumberTable {
 public:
  static constexpr uint32_t kNumberMax = 0xFFFFFFFD;

  NumberTable() = default;
  // Lifetime: of the overflow, outlives it.
  explicit NumberTable(const Overflow* overflow) : places_(Allocator(overflow)) {}

  void add(uint64_t hash, uint32_t number);
  void remove(uint64_t hash, uint32_t number);  // Precondition (asserted): it is there
  // Makes room for so many more at once, and for no others. Cost: that of all.
  void reserve(size_t more);
  // Of memory, what reserve() will take.
  size_t bytes_with(size_t more) const { return in_memory(places_for(used_ + more)); }
  // The first number of that hash that `matches`.
  template <typename Matches>
  std::optional<uint32_t> find(uint64_t hash, Matches matches) const {
    if (places_.empty()) return std::nullopt;
    const auto wanted = static_cast<uint32_t>(hash);
    for (size_t i = start(wanted); places_[i].number != kFree; i = after(i)) {
      const Place& place = places_[i];
      if (place.hash == wanted && place.number != kGone && matches(place.number)) {
        return place.number;
      }
    }
    return std::nullopt;
  }
  // Fetches the memory that a find() of this hash looks at first.
  void prefetch(uint64_t hash) const {
    if (!places_.empty()) __builtin_prefetch(&places_[start(static_cast<uint32_t>(hash))]);
  }
  // Calls take(low 32 bits of the hash, number) for each.
  template <typename Take>
  void each(Take take) const {
    for (const Place& place : places_) {
      if (place.number != kFree && place.number != kGone) take(place.hash, place.number);
    }
  }
  size_t bytes() const { return in_memory(places_.capacity()); }  // of memory

 private:
  static constexpr uint32_t kFree = 0xFFFFFFFF;
  static constexpr uint32_t kGone = 0xFFFFFFFE;

  // Side by side, so that a look takes one cache line.
  struct Place {
    uint32_t hash = 0;
    uint32_t number = kFree;
  };

  using Allocator = OverflowAllocator<Place>;
  using Places = std::vector<Place, Allocator>;

  size_t in_memory(size_t places) const {
    const size_t bytes = places * sizeof(Place);
    return places_.get_allocator().takes(bytes) ? 0 : bytes;
  }
  // At most two thirds of the places are used.
  static size_t places_for(size_t numbers) { return numbers + numbers / 2 + 2; }
  // Ascends with the hash: a larger table is filled from its start to its end.
  size_t start(uint32_t hash) const { return uint64_t{hash} * places_.size() >> 32; }
  size_t after(size_t place) const { return place + 1 == places_.size() ? 0 : place + 1; }
  void put(Place place);
  void resize(size_t size);

  Places places_;
  size_t used_ = 0;  // also gone ones
};

}  // namespace ledger::bulk
