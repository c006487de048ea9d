// Rows of one table that were made or touched in this round.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "projector/bulk/arena.h"
#include "projector/bulk/number_table.h"
#include "schemas/store/layout.h"

namespace ledger::bulk {

using Slot = uint32_t;

class RowTable {
 public:
  struct Row {
    store::Rid rid{};
    char* value = nullptr;  // as store::encode_row
    uint32_t size = 0;
    uint32_t capacity = 0;
    uint32_t entered = 0;  // 1 + its place among the entered offsets; 0: no key has moved
    bool in_base = false;  // came from below: a base or its layers (layers.h)
    bool changed = false;  // not as it is below
    bool live = false;
    std::string_view bytes() const { return {value, size}; }
  };
  // Of an index key that stands as the row's first one did, or as it does below.
  static constexpr Offset kFirst{-1};

  // `first`: rids from here on are of this round.
  RowTable(Offset first, size_t index_count) : first_(first), index_count_(index_count) {}

  // Returns: nullptr when the row is not of this round. Dead rows are found.
  Row* find(store::Rid rid);
  Slot add(store::Rid rid, std::string_view value, bool in_base);
  void set(Row& row, std::string_view value);
  void erase(Row& row);

  Row& at(Slot slot) { return rows_[slot]; }
  const LargeVector<Row>& rows() const { return rows_; }

  // Fetch what at() gives, then its bytes.
  void prefetch(Slot slot) const { __builtin_prefetch(&rows_[slot]); }
  void prefetch_bytes(Slot slot) const { __builtin_prefetch(rows_[slot].value); }

  // Slots by rid.
  LargeVector<Slot> in_order() const;

  Offset entered(const Row& row, size_t index) const;
  void set_entered(Row& row, size_t index, Offset at);
  size_t bytes() const;
  void clear() { *this = RowTable(first_, index_count_); }
  size_t count_in_base() const { return count_in_base_; }
  size_t count_moved() const {
    return entered_.size() / index_count_;
  }  // rows with keys that moved
  // Rows with entries that are not below.
  size_t count_entered() const { return rows_.size() - count_in_base() + count_moved(); }

 private:
  void put(Row& row, std::string_view value);
  bool is_far(size_t place);

  Offset first_;
  size_t index_count_;
  Arena arena_;
  LargeVector<Row> rows_;
  LargeVector<uint32_t> recent_;  // [rid - first] = slot + 1
  NumberTable others_;            // slots of older rows, and of far ones
  bool far_ = false;              // whether there are some
  size_t count_in_base_ = 0;
  LargeVector<Offset> entered_;
};

}  // namespace ledger::bulk
