// Which event took which id, for ids of one round: a hash table over an append-only list.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "schemas/base/ids.h"

namespace ledger::bulk {

class EventIds {
 public:
  struct Taken {
    uint64_t high;  // of the id, big-endian
    uint64_t low;
    int64_t offset;
    Uuid id() const;
  };

  std::optional<Offset> find(const Uuid& id) const;
  void add(const Uuid& id, Offset offset);  // Precondition: find(id) gives nothing
  // Sorts by id and gives all; find() and add() are over then.
  const std::vector<Taken>& sorted();
  size_t size() const { return taken_.size(); }
  size_t bytes() const;

 private:
  void grow();
  size_t slot_of(uint64_t high, uint64_t low) const;

  std::vector<Taken> taken_;
  std::vector<uint32_t> slots_;  // number in taken_ + 1; 0 = free
};

}  // namespace ledger::bulk
