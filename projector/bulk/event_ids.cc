#include "projector/bulk/event_ids.h"

#include <algorithm>
#include <cstring>

namespace ledger::bulk {

namespace {

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

EventIds::Id to_id(const Uuid& id) { return {load(id.data()), load(id.data() + 8)}; }

uint64_t hash_of(const EventIds::Id& id) {
  const uint64_t hash = (id.high ^ (id.low * kMix)) * kMix;
  return hash ^ hash >> 32;
}

bool before(const EventIds::Taken& a, const EventIds::Taken& b) { return a.key < b.key; }

}  // namespace

Uuid EventIds::Taken::id() const {
  Uuid id{};
  save(key.high, id.data());
  save(key.low, id.data() + 8);
  return id;
}

std::optional<Offset> EventIds::find(const Uuid& uuid) const {
  const Id id = to_id(uuid);
  if (ascending_.empty() || ascending_.back().key < id) return std::nullopt;
  if (is_near_end(id)) return at(place_near_end(id), id);
  const auto number =
      numbers_.find(hash_of(id), [&](uint32_t other) { return others_[other].key == id; });
  return number ? Offset{others_[*number].offset} : find_ascending(id);
}

void EventIds::add(const Uuid& uuid, Offset offset) {
  const Taken taken{to_id(uuid), raw(offset)};
  if (ascending_.empty() || ascending_.back().key < taken.key) {
    ascending_.push_back(taken);
  } else if (is_near_end(taken.key)) {
    ascending_.insert(place_near_end(taken.key), taken);
  } else {
    numbers_.add(hash_of(taken.key), static_cast<uint32_t>(others_.size()));
    others_.push_back(taken);
  }
}

// No id of the second list is: it was not when it came, and the end only moves up.
bool EventIds::is_near_end(const Id& id) const {
  return ascending_.size() <= kNear || ascending_[ascending_.size() - kNear].key < id;
}

// The first id there that is not before `id`.
EventIds::Place EventIds::place_near_end(const Id& id) const {
  const auto near = static_cast<ptrdiff_t>(std::min(kNear, ascending_.size()));
  return std::lower_bound(ascending_.end() - near, ascending_.end(), Taken{id, 0}, before);
}

std::optional<Offset> EventIds::at(Place place, const Id& id) const {
  if (place == ascending_.end() || place->key != id) return std::nullopt;
  return Offset{place->offset};
}

std::optional<Offset> EventIds::find_ascending(const Id& id) const {
  return at(std::lower_bound(ascending_.begin(), ascending_.end(), Taken{id, 0}, before), id);
}

EventIds::InOrder EventIds::sorted() {
  numbers_ = {};
  std::sort(others_.begin(), others_.end(), before);
  return InOrder(*this);
}

EventIds::InOrder::InOrder(const EventIds& ids)
    : ascending_(ids.ascending_.begin()),
      ascending_end_(ids.ascending_.end()),
      others_(ids.others_.begin()),
      others_end_(ids.others_.end()) {}

const EventIds::Taken* EventIds::InOrder::next() {
  const bool from_others =
      others_ != others_end_ && (ascending_ == ascending_end_ || before(*others_, *ascending_));
  if (from_others) return &*others_++;
  return ascending_ == ascending_end_ ? nullptr : &*ascending_++;
}

size_t EventIds::bytes() const { return size() * sizeof(Taken) + numbers_.bytes(); }

}  // namespace ledger::bulk
