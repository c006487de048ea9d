// The entries of all indexes of a table, from one reading of its rows.
//
//   row   -> a line: rid, enc(_creationTime) enc(_id), a number for each other field of a key
//   index -> lines sorted by field, the last field first -> keys, put together as they are read
//
// Every key ends with enc(_creationTime) enc(_id), by_id's with enc(_id) alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "projector/bulk/dictionary.h"
#include "projector/bulk/row_table.h"
#include "schemas/index/spec.h"
#include "schemas/record/fields.h"

namespace ledger::bulk {

// The fields that keys of the table begin with, each once. Lifetime: static.
template <typename Record>
std::vector<const record::Field<Record>*> key_columns(const index::Declarations& declarations);

template <typename Record>
class IndexEntries {
 public:
  // Reads rows that have entries which the base has not. `pulse`: called now and then meanwhile;
  // may throw. Lifetime: of rows and declarations, outlive it.
  IndexEntries(
      const RowTable& rows, const index::Declarations& declarations,
      const std::function<void()>& pulse = [] {});

  // What a row takes beside its tail and the texts of its columns.
  static size_t row_bytes(size_t columns) {
    return sizeof(Line) + (columns + kOrders) * sizeof(uint32_t);
  }

  // Entries of one index in key order.
  class Source {
   public:
    // Returns: false behind the last one. Lifetime: of key and value, until the next call.
    bool next(std::string_view& key, std::string_view& value);

   private:
    friend class IndexEntries;
    Source(const IndexEntries& entries, size_t index);

    const IndexEntries& entries_;
    size_t index_;
    std::vector<uint32_t> order_;  // of lines
    size_t next_ = 0;
    std::string key_;
    std::string value_;
  };
  // `index`: its number among those of the table.
  Source of(size_t index) const { return Source(*this, index); }

 private:
  static constexpr size_t kOrders = 3;  // numbers of lines: by tail, and two while one is sorted
  static constexpr Slot kPlain = 0xFFFFFFFF;
  struct Line {
    store::Rid rid{};
    const char* tail = nullptr;  // enc(_creationTime) enc(_id)
    uint32_t tail_size = 0;
    Slot slot = kPlain;  // of a row of the base, or with keys that moved
    std::string_view bytes() const { return {tail, tail_size}; }
  };
  struct Column {
    const record::Field<Record>* field = nullptr;
    Dictionary parts;
  };
  struct Index {
    std::vector<size_t> columns;
    size_t tail_at = 0;  // where what ends a key begins in a line's bytes
  };

  // Columns of a few rows that have no numbers yet.
  struct Part {
    size_t end = 0;  // in parts_, where the next one begins
    uint64_t hash = 0;
  };

  size_t column_of(const std::string& field) const;
  void read(Slot slot, const Record& record);
  void number_parts();
  void sort_by_tail(std::vector<uint32_t>& order, size_t tail_at) const;
  std::vector<uint32_t> order_of(size_t index) const;
  const uint32_t* numbers_of(uint32_t line) const {
    return numbers_.data() + line * columns_.size();
  }
  bool has_entry(const Line& line, size_t index) const;
  store::Entry entry_of(const Line& line, size_t index) const;

  const RowTable& rows_;
  std::vector<Index> indexes_;
  std::vector<Column> columns_;
  Arena arena_;
  std::vector<Line> lines_;
  std::vector<uint32_t> numbers_;  // [line][column] of its part; a rank when all is read
  std::vector<uint32_t> by_tail_;
  std::string tail_;
  std::string part_bytes_;
  std::vector<Part> parts_;  // [row][column]
};

}  // namespace ledger::bulk
