// Index entries that have left an index since a position, so that the index can be read as it stood
// then.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/request.h"
#include "schemas/index/range.h"
#include "schemas/store/reader.h"

namespace ledger::query {

// What to read of one index of one shard.
struct ScanSpec {
  index::IndexId index{};
  index::KeyRange range;
  bool reverse = false;
  Offset at{};  // entries with entered < at <= left
  size_t departed_walk_max = kDepartedWalkMax;
};

// Entries of `past` that were in the index at `spec.at`, and perhaps others, in the scan's order.
// Why: whichever is smaller is read, `left_at` from `at` on (few left since: a page of a fresh
// cursor) or the range of `past` (few left ever). Both are walked side by side until one ends; if
// neither ends within `departed_walk_max` entries, `past` is read along with the scan instead.
// Lifetime: of the snapshot.
class DepartedScan {
 public:
  DepartedScan(const store::ShardReader& shard, const ScanSpec& spec);

  bool streamed() const { return past_.has_value(); }  // read along with the scan
  bool valid() const { return valid_; }
  bool counts() const { return counts_; }  // was in the index at `spec.at`
  std::string_view key() const { return key_; }
  const store::Entry& entry() const { return entry_; }
  void next();

 private:
  struct Item {
    std::string key;
    store::Entry entry;
  };
  bool collect(const store::ShardReader& shard);
  void open_past(const store::ShardReader& shard);
  void show_streamed();
  void show_collected();

  ScanSpec spec_;
  std::vector<Item> collected_;
  size_t position_ = 0;
  std::optional<store::ViewCursor> past_;  // when streamed
  bool valid_ = false;
  bool counts_ = true;
  std::string key_;
  store::Entry entry_;
};

}  // namespace ledger::query
