// The entries of all indexes of a table, from one reading of its rows.
//
//   row   -> a line: rid, enc(_creationTime), enc(_id), a number for each other field of a key
//   index -> lines sorted by field, the last field first -> keys, put together as they are read
//
// Every key ends with enc(_creationTime) enc(_id), by_id's with enc(_id) alone. Of an _id that was
// derived the rid tells all.
#pragma once

#include <string>
#include <vector>

#include "projector/bulk/dictionary.h"
#include "projector/bulk/row_table.h"
#include "schemas/index/spec.h"
#include "schemas/record/fields.h"
#include "schemas/store/shard_state.h"

namespace ledger::bulk {

// The fields that keys of the table begin with, each once. Lifetime: static.
template <typename Record>
std::vector<const record::Field<Record>*> key_columns(const index::Declarations& declarations);

template <typename Record>
class IndexEntries {
 public:
  IndexEntries(const index::Declarations& declarations, const store::LogIdentity& log);

  // Room for so many rows, which takes less when they come.
  void reserve(size_t rows);
  // A row of which all keys stand as its first ones did. `value`: as store::encode_row.
  void add(store::Rid rid, std::string_view value);
  // Likewise, or one of those whose keys moved: of a row from below the entries that moved, of
  // others all.
  void add(const RowTable& rows, const RowTable::Row& row);
  size_t bytes() const;  // with what sorting will take
  // No row comes any more; of() may be called.
  void sort();

  // What a row takes beside its texts, of which a derived _id is none.
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
    LargeVector<uint32_t> order_;  // of lines
    size_t next_ = 0;
    std::string key_;
    std::string value_;
  };
  // `index`: its number among those of the table. Lifetime: that of the entries.
  Source of(size_t index) const { return Source(*this, index); }

 private:
  static constexpr size_t kOrders = 3;  // numbers of lines: by tail, and two while one is sorted
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  static constexpr Offset kNoEntry{-1};

  struct Line {
    store::Rid rid{};
    double creation_time = 0;
    uint32_t id = kNone;     // in ids_; none: it is derived from rid
    uint32_t moved = kNone;  // in entered_; none: each key is the row's first
  };
  struct Column {
    const record::Field<Record>* field = nullptr;
    Dictionary parts;
  };
  struct Index {
    std::vector<size_t> columns;
    bool by_id = false;  // keys without _creationTime
  };

  // Columns of a few rows that have no numbers yet.
  struct Part {
    size_t end = 0;  // in parts_, where the next one begins
    uint64_t hash = 0;
  };

  size_t column_of(const std::string& field) const;
  Line& read(store::Rid rid, std::string_view value);
  void number_parts();
  bool id_before(const Line& a, const Line& b) const;
  void append_id(const Line& line, std::string& key) const;  // encoded
  void sort_by_id(LargeVector<uint32_t>& order) const;
  void sort_by_tail(LargeVector<uint32_t>& order) const;
  LargeVector<uint32_t> order_of(size_t index) const;
  const uint32_t* numbers_of(uint32_t line) const {
    return numbers_.data() + line * columns_.size();
  }
  Offset entered(const Line& line, size_t index) const;  // kNoEntry: it has none there

  Partition partition_;
  std::string id_prefix_;
  std::string id_head_;  // of an encoded derived _id, what comes before its digits
  std::vector<Index> indexes_;
  std::vector<Column> columns_;
  Arena arena_;
  LargeVector<Line> lines_;
  LargeVector<uint32_t> numbers_;      // [line][column] of its part; a rank when all is read
  std::vector<std::string_view> ids_;  // encoded
  LargeVector<Offset> entered_;        // [moved row][index]
  LargeVector<uint32_t> by_tail_;
  Record record_;  // kept for the capacity of its text
  std::string id_;
  std::string part_bytes_;
  std::vector<Part> parts_;  // [row][column]
};

}  // namespace ledger::bulk
