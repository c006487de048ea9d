// One index of one shard, and of all shards, as it stood at a position.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/departed.h"
#include "query/views.h"

namespace ledger::query {

// Walks one index of one shard: the live index merged with what left it since.
// Shape: in key order, or exactly reversed; entries with entered < at <= left, of [first, limit).
// Lifetime: of the snapshot.
class IndexScan {
 public:
  IndexScan(const store::ShardReader& shard, const ScanSpec& spec);

  bool valid() const { return live_valid_ || (departed_ && departed_->valid()); }
  std::string_view key() const;
  const store::Entry& entry() const;
  void next();

 private:
  void settle_live();
  bool departed_first() const;

  index::KeyRange range_;
  bool reverse_;
  Offset at_;
  bool whole_;  // the snapshot stands at `at`: nothing has left, all entries count
  store::ViewCursor live_;
  bool live_valid_ = false;
  store::Entry live_entry_;
  std::optional<DepartedScan> departed_;
};

// Narrows `range` to what comes after `key` in the scan's order.
void narrow_after(index::KeyRange& range, bool reverse, std::string_view key);

// Where a scan over all shards goes on: after the entry with this key of this partition.
struct ScanStart {
  std::string key;
  Partition partition{};
};

// Walks one index of all shards, merged: by key, equal keys by partition; reverse is the exact
// reverse. Survives renewals of the snapshots.
class MergedScan {
 public:
  struct Hit {
    Partition partition{};
    Offset at{};
    std::string_view key;  // lifetime: until the next next()
    store::Entry entry;
  };

  // Precondition: `at` names every partition and is not beyond the views.
  MergedScan(Views& views, index::IndexId index, const index::KeyRange& range, bool reverse,
             const PositionVector& at, const std::optional<ScanStart>& after);

  bool next(Hit& hit);  // false at the end

 private:
  struct Source {
    Partition partition{};
    ScanSpec spec;
    std::optional<IndexScan> scan;
    std::string last;  // key given last; empty: none yet
  };
  void open_all();
  void push(Source* source);
  bool later(const Source* a, const Source* b) const;

  Views& views_;
  bool reverse_;
  std::vector<Source> sources_;
  std::vector<Source*> heap_;  // the next in order on top
  uint64_t epoch_ = 0;
};

}  // namespace ledger::query
