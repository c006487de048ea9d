// Events of partition 0 of 1 as a kept log gives them, with their bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/event/event.h"
#include "schemas/store/kept_log.h"
#include "tests/support/fold/folded_log.h"

namespace ledger::testing {

// Whose log it is. Of no ephemeral ledger.
store::LogIdentity kept_identity();
// Who its shard is when this build writes it.
store::ShardIdentity kept_shard_identity();

class KeptEvents {
 public:
  KeptEvents();  // the genesis at offset 0

  void add(const event::Event& event, double log_time = kT);
  void add(const event::Payload& payload, double log_time = kT);
  void add_raw(std::optional<std::string> key, std::optional<std::string> value,
               double log_time = kT);
  void add_gap(int64_t events);
  void add_plays(size_t count);  // each of another user: a new row

  Offset end() const { return end_; }
  // Records that start in [from, limit); a gap is one. Lifetime: until the next add.
  std::vector<store::KeptEvent> range(Offset from, Offset limit) const;
  std::vector<store::KeptEvent> all() const { return range(Offset{0}, end_); }
  // Returns: nullopt outside, and inside a gap.
  std::optional<store::KeptEvent> at(Offset offset) const;

 private:
  struct Entry {
    Offset offset{};
    Offset limit{};
    int64_t timestamp_ms = 0;
    std::optional<std::string> key;
    std::optional<std::string> value;
    bool gap = false;
  };
  static store::KeptEvent view_of(const Entry& entry);

  std::vector<Entry> entries_;
  Offset end_{};
};

}  // namespace ledger::testing
