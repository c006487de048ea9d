// Numbers that are found by a hash; who asks compares what they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace ledger::bulk {

// Only the low 32 bits of a hash count.
class NumberTable {
 public:
  void add(uint64_t hash, uint32_t number);
  void remove(uint64_t hash, uint32_t number);  // Precondition (asserted): it is there
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
  size_t bytes() const { return places_.capacity() * sizeof(Place); }

 private:
  static constexpr uint32_t kFree = 0xFFFFFFFF;
  static constexpr uint32_t kGone = 0xFFFFFFFE;

  // Side by side, so that a look takes one cache line.
  struct Place {
    uint32_t hash = 0;
    uint32_t number = kFree;
  };

  size_t start(uint32_t hash) const { return hash & (places_.size() - 1); }
  size_t after(size_t place) const { return (place + 1) & (places_.size() - 1); }
  void put(Place place);
  void grow();

  std::vector<Place> places_;
  size_t used_ = 0;  // also gone ones
};

}  // namespace ledger::bulk
