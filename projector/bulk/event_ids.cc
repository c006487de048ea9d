#include "projector/bulk/event_ids.h"

#include <algorithm>
#include <cstring>

namespace ledger::bulk {

namespace {

constexpr size_t kSlotsMin = 1024;
constexpr uint64_t kMix = 0x9E3779B97F4A7C15;  // golden ratio

uint64_t load(const uint8_t* bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return __builtin_bswap64(value);
}

void save(uint64_t value, uint8_t* bytes) {
  value = __builtin_bswap64(value);
  std::memcpy(bytes, &value, sizeof value);
}

}  // namespace

Uuid EventIds::Taken::id() const {
  Uuid id{};
  save(high, id.data());
  save(low, id.data() + 8);
  return id;
}

// Linear probing. Returns: the id's slot, or the free one where it belongs.
size_t EventIds::slot_of(uint64_t high, uint64_t low) const {
  uint64_t hash = (high ^ (low * kMix)) * kMix;
  hash ^= hash >> 32;
  const size_t mask = slots_.size() - 1;
  size_t slot = static_cast<size_t>(hash) & mask;
  while (slots_[slot] != 0) {
    const Taken& taken = taken_[slots_[slot] - 1];
    if (taken.high == high && taken.low == low) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

std::optional<Offset> EventIds::find(const Uuid& id) const {
  if (slots_.empty()) return std::nullopt;
  const uint32_t number = slots_[slot_of(load(id.data()), load(id.data() + 8))];
  if (number == 0) return std::nullopt;
  return Offset{taken_[number - 1].offset};
}

void EventIds::add(const Uuid& id, Offset offset) {
  if (taken_.size() * 3 >= slots_.size() * 2) grow();
  const uint64_t high = load(id.data());
  const uint64_t low = load(id.data() + 8);
  const size_t slot = slot_of(high, low);
  taken_.push_back({high, low, raw(offset)});
  slots_[slot] = static_cast<uint32_t>(taken_.size());
}

void EventIds::grow() {
  slots_.assign(std::max(kSlotsMin, slots_.size() * 2), 0);
  for (size_t i = 0; i < taken_.size(); ++i) {
    slots_[slot_of(taken_[i].high, taken_[i].low)] = static_cast<uint32_t>(i + 1);
  }
}

const std::vector<EventIds::Taken>& EventIds::sorted() {
  slots_.clear();
  slots_.shrink_to_fit();
  std::sort(taken_.begin(), taken_.end(), [](const Taken& a, const Taken& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  });
  return taken_;
}

size_t EventIds::bytes() const {
  return taken_.capacity() * sizeof(Taken) + slots_.capacity() * sizeof(uint32_t);
}

}  // namespace ledger::bulk
