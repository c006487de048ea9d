// What IndexEntries will take in memory, told from the rows as they come.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "projector/bulk/distinct_count.h"
#include "projector/bulk/index_entries.h"

namespace ledger::bulk {

template <typename Record>
class EntryMemory {
 public:
  // `id_prefix`: of derived ids, which take nothing. Lifetime: of the declarations, outlive it.
  EntryMemory(const index::Declarations& declarations, std::string id_prefix)
      : id_prefix_(std::move(id_prefix)),
        columns_(key_columns<Record>(declarations)),
        texts_(columns_.size()) {}

  // A row, or what became of it.
  void add(const Record& row);
  // Of so many rows, alike to those that were added: their lines, and each text of a column once.
  size_t bytes(size_t rows) const;

 private:
  struct Texts {
    DistinctCount distinct;
    size_t bytes = 0;  // of all, not of distinct ones
  };

  std::string id_prefix_;
  std::vector<const record::Field<Record>*> columns_;
  std::vector<Texts> texts_;  // of each column
  size_t added_ = 0;
  size_t id_bytes_ = 0;
};

}  // namespace ledger::bulk
