#include "projector/bulk/row_table.h"

#include <algorithm>

#include "schemas/base/assert.h"

namespace ledger::bulk {

namespace {
constexpr uint32_t kSpareBytes = 10;  // a first update adds a time and makes the age longer
// Of recent rows; where they lie more thinly, behind a gap of the log, they are found by hash.
constexpr size_t kPlaces = size_t{1} << 20;
constexpr size_t kPlacesPerRow = 16;
constexpr uint64_t kMix = 0x9E3779B97F4A7C15;  // golden ratio

uint64_t hash_of(store::Rid rid) { return static_cast<uint64_t>(store::raw(rid)) * kMix >> 32; }
}  // namespace

RowTable::Row* RowTable::find(store::Rid rid) {
  const int64_t distance = store::raw(rid) - raw(first_);
  if (distance < 0 || static_cast<size_t>(distance) >= recent_.size()) {
    const auto found =
        others_.find(hash_of(rid), [&](uint32_t slot) { return rows_[slot].rid == rid; });
    return found ? &rows_[*found] : nullptr;
  }
  const uint32_t number = recent_[static_cast<size_t>(distance)];
  return number == 0 ? nullptr : &rows_[number - 1];
}

Slot RowTable::add(store::Rid rid, std::string_view value, bool in_base) {
  const auto slot = static_cast<Slot>(rows_.size());
  const int64_t distance = store::raw(rid) - raw(first_);
  LEDGER_ASSERT(in_base == (distance < 0), "rid {} first {}", store::raw(rid), raw(first_));
  if (in_base) {
    others_.add(hash_of(rid), slot);
    ++count_in_base_;
  } else if (is_far(static_cast<size_t>(distance))) {
    others_.add(hash_of(rid), slot);
  } else {
    const auto place = static_cast<size_t>(distance);
    if (place >= recent_.size()) recent_.resize(place + 1, 0);
    recent_[place] = slot + 1;
  }
  Row row;
  row.rid = rid;
  row.in_base = in_base;
  row.changed = !in_base;
  row.live = true;
  rows_.push_back(row);
  put(rows_.back(), value);
  return slot;
}

// Those that come later are too, so that all of them are behind the others.
bool RowTable::is_far(size_t place) {
  far_ = far_ || place >= kPlaces + kPlacesPerRow * rows_.size();
  return far_;
}

void RowTable::set(Row& row, std::string_view value) {
  row.changed = true;
  put(row, value);
}

void RowTable::erase(Row& row) {
  row.changed = true;
  row.live = false;
}

void RowTable::put(Row& row, std::string_view value) {
  row.size = static_cast<uint32_t>(value.size());
  if (row.size > row.capacity) {
    row.capacity = row.size + kSpareBytes;
    row.value = arena_.allocate(row.capacity);
  }
  std::memcpy(row.value, value.data(), value.size());
}

// New rows are made in order of rid; those from below, which are before them, as they were
// touched.
LargeVector<Slot> RowTable::in_order() const {
  LargeVector<Slot> slots;
  slots.reserve(rows_.size());
  LargeVector<Slot> far;
  others_.each(
      [&](uint32_t, uint32_t slot) { (rows_[slot].in_base ? slots : far).push_back(slot); });
  const auto by_rid = [&](Slot a, Slot b) { return rows_[a].rid < rows_[b].rid; };
  std::sort(slots.begin(), slots.end(), by_rid);
  for (const uint32_t number : recent_) {
    if (number != 0) slots.push_back(number - 1);
  }
  std::sort(far.begin(), far.end(), by_rid);
  slots.insert(slots.end(), far.begin(), far.end());
  return slots;
}

Offset RowTable::entered(const Row& row, size_t index) const {
  return row.entered == 0 ? kFirst : entered_[(row.entered - 1) * index_count_ + index];
}

void RowTable::set_entered(Row& row, size_t index, Offset at) {
  if (row.entered == 0) {
    entered_.resize(entered_.size() + index_count_, kFirst);
    row.entered = static_cast<uint32_t>(entered_.size() / index_count_);
  }
  entered_[(row.entered - 1) * index_count_ + index] = at;
}

size_t RowTable::bytes() const {
  return arena_.bytes() + rows_.size() * sizeof(Row) + recent_.size() * sizeof(uint32_t) +
         others_.bytes() + entered_.size() * sizeof(Offset);
}

}  // namespace ledger::bulk
