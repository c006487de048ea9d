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
  const auto number =
      numbers_.find(hash_of(id), [&](uint32_t other) { return others_[other].key == id; });
  return number ? Offset{others_[*number].offset} : find_ascending(id);
}

// Steps back from the end, twice as far each time, then looks between the last two.
std::optional<Offset> EventIds::find_ascending(const Id& id) const {
  const size_t size = ascending_.size();
  size_t step = 1;
  while (step < size && id < ascending_[size - step].key) step *= 2;
  const auto first = ascending_.end() - static_cast<ptrdiff_t>(std::min(step, size));
  const auto last = ascending_.end() - static_cast<ptrdiff_t>(step / 2);
  const auto found = std::lower_bound(first, last, Taken{id, 0}, before);
  if (found == last || found->key != id) return std::nullopt;
  return Offset{found->offset};
}

void EventIds::add(const Uuid& uuid, Offset offset) {
  const Id id = to_id(uuid);
  if (ascending_.empty() || ascending_.back().key < id) {
    ascending_.push_back({id, raw(offset)});
    return;
  }
  numbers_.add(hash_of(id), static_cast<uint32_t>(others_.size()));
  others_.push_back({id, raw(offset)});
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
