// Events that are decoded before their turn, so that what they will look up can be fetched into the
// cache meanwhile.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "projector/bulk/lookups.h"
#include "schemas/event/codec.h"
#include "schemas/store/kept_log.h"

namespace ledger::bulk {

class Lookahead {
 public:
  static constexpr size_t kEvents = 8;

  struct Item {
    Offset offset{};
    Offset end{};  // the next one's
    bool is_gap = false;
    int64_t timestamp_ms = 0;
    std::optional<std::string> key;
    event::Decoded decoded;  // as `decoder` holds it
    event::Decoder decoder;
    std::optional<ListenedHashes> listened;
  };

  size_t size() const { return count_; }
  bool full() const { return count_ == kEvents; }
  // Precondition: not full().
  const Item& push(const store::KeptEvent& event);
  // The one whose turn comes after `distance` others. Precondition: distance < size().
  const Item& at(size_t distance) const { return items_[(first_ + distance) % kEvents]; }
  // Lifetime: until as many are pushed as there are.
  const Item& pop();

 private:
  std::array<Item, kEvents> items_;
  size_t first_ = 0;
  size_t count_ = 0;
};

}  // namespace ledger::bulk
