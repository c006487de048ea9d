// Which event took which id, for ids of one round.
//
// Ids of version 7 come in order of time, but for what their producers' clocks and networks do. An
// id behind all before it is new without a look, and one near the end takes a short look; both are
// put in their place in a list. The others are in a second list with a hash table. A few ids far
// ahead, as the first of a log that is filled with older events, stay at the end and harm nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "projector/bulk/number_table.h"
#include "schemas/base/ids.h"

namespace ledger::bulk {

class EventIds {
 public:
  struct Id {
    uint64_t high;  // big-endian
    uint64_t low;
    bool operator==(const Id&) const = default;
    bool operator<(const Id& other) const {
      return high == other.high ? low < other.low : high < other.high;
    }
  };
  struct Taken {
    Id key;
    int64_t offset;
    Uuid id() const;
  };
  using Place = LargeVector<Taken>::const_iterator;

  std::optional<Offset> find(const Uuid& id) const;
  void add(const Uuid& id, Offset offset);  // Precondition: find(id) gives nothing
  // All ids, ascending.
  class InOrder {
   public:
    // Returns: nullptr behind the last one.
    const Taken* next();

   private:
    friend class EventIds;
    explicit InOrder(const EventIds& ids);

    Place ascending_;
    Place ascending_end_;
    Place others_;
    Place others_end_;
  };
  // find() and add() are over then. Cost: no memory. Lifetime: of what it gives, that of this.
  InOrder sorted();
  size_t size() const { return ascending_.size() + others_.size(); }
  size_t bytes() const;

 private:
  static constexpr size_t kNear = 64;  // ids at the end of the first list

  bool is_near_end(const Id& id) const;
  Place place_near_end(const Id& id) const;
  std::optional<Offset> at(Place place, const Id& id) const;
  std::optional<Offset> find_ascending(const Id& id) const;

  LargeVector<Taken> ascending_;
  LargeVector<Taken> others_;
  NumberTable numbers_;  // of others_
};

}  // namespace ledger::bulk
