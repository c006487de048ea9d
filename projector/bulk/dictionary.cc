#include "projector/bulk/dictionary.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <xxhash.h>

namespace ledger::bulk {

namespace {

constexpr size_t kSlotsMin = 1024;

std::string_view bytes_of(const uint32_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

uint32_t number_in(std::string_view bytes) {
  uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace

// Linear probing.
uint32_t Dictionary::number(std::string_view bytes) {
  if ((size() + size_t{1}) * 3 > slots_.size() * 2) grow();
  const auto hash = static_cast<uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
  const size_t mask = slots_.size() - 1;
  size_t place = hash & mask;
  for (; slots_[place].next != 0; place = (place + 1) & mask) {
    const Slot& slot = slots_[place];
    if (slot.hash == hash && at(slot.next - 1) == bytes) return slot.next - 1;
  }
  const uint32_t fresh = size();
  texts_.add(bytes, bytes_of(fresh));
  slots_[place] = {hash, fresh + 1};
  return fresh;
}

void Dictionary::grow() {
  const std::vector<Slot> before = std::exchange(slots_, {});
  slots_.resize(std::max(kSlotsMin, before.size() * 2));
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.next == 0) continue;
    size_t place = slot.hash & mask;
    while (slots_[place].next != 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

std::vector<uint32_t> Dictionary::rank() {
  slots_ = {};
  texts_.sort();
  std::vector<uint32_t> ranks(size());
  for (uint32_t rank = 0; rank < size(); ++rank) {
    ranks[number_in(texts_.items()[rank].value())] = rank;
  }
  return ranks;
}

}  // namespace ledger::bulk
