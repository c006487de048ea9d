#include "projector/bulk/number_table.h"

#include <algorithm>
#include <utility>

#include "schemas/base/assert.h"

namespace ledger::bulk {

namespace {
constexpr size_t kPlacesMin = 1024;
}

void NumberTable::put(Place place) {
  size_t i = start(place.hash);
  while (places_[i].number != kFree) i = after(i);
  places_[i] = place;
  ++used_;
}

void NumberTable::add(uint64_t hash, uint32_t number) {
  if (places_for(used_ + 1) > places_.size()) resize(std::max(kPlacesMin, places_.size() * 2));
  put({static_cast<uint32_t>(hash), number});
}

void NumberTable::remove(uint64_t hash, uint32_t number) {
  LEDGER_ASSERT(!places_.empty(), "number {}", number);
  size_t i = start(static_cast<uint32_t>(hash));
  while (places_[i].number != kFree && places_[i].number != number) i = after(i);
  LEDGER_ASSERT(places_[i].number == number, "number {}", number);
  places_[i].number = kGone;
}

void NumberTable::reserve(size_t more) {
  const size_t size = places_for(used_ + more);
  if (size > places_.size()) resize(size);
}

void NumberTable::resize(size_t size) {
  const Places before = std::exchange(places_, Places(size, places_.get_allocator()));
  used_ = 0;
  for (const Place& place : before) {
    if (place.number != kFree && place.number != kGone) put(place);
  }
}

}  // namespace ledger::bulk
