// One index of one shard, and of all shards, as it stood at a position.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/departed.h"
#include "query/views.h"

namespace ledger::query {

// Walks one index of one shard: the live index merged with what left it since.
// Shape: in key order, or exactly reversed, of [first, limit): entries with entered < at <= left,
// for which counts() is true, and others between them, so that a caller who must not wait can stop
// at any of them. Lifetime: of the snapshot.
class IndexScan {
 public:
  IndexScan(const store::ShardReader& shard, const ScanSpec& spec);

  bool valid() const { return live_valid_ || (departed_ && departed_->valid()); }
  bool counts() const;
  std::string_view key() const;
  const store::Entry& entry() const;
  void next();
  // What left the index is many entries: another scan of it needs not count them again.
  bool streams_departed() const { return departed_ && departed_->streamed(); }

 private:
  void show_live();
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
// The same to `key` and what comes after it.
void narrow_from(index::KeyRange& range, bool reverse, std::string_view key);

// Where a scan over all shards goes on: after the entry with this key of this partition.
struct ScanStart {
  std::string key;
  Partition partition{};
};

// Walks one index of all shards, merged: by key, equal keys by partition; reverse is the exact
// reverse. Survives renewals of the snapshots, and renews them on a long way between two entries.
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
             const PositionVector& at, const std::optional<ScanStart>& after,
             size_t departed_walk_max = kDepartedWalkMax);

  bool next(Hit& hit);  // false at the end

 private:
  struct Source {
    Partition partition{};
    ScanSpec spec;
    std::optional<IndexScan> scan;
    std::string last;  // key given last; empty: the range begins behind it
  };
  bool settle_all();
  bool open_all();
  bool settle(Source& source);
  void keep_place(Source& source) const;
  bool later(const Source* a, const Source* b) const;

  Views& views_;
  bool reverse_;
  std::vector<Source> sources_;
  std::vector<Source*> heap_;  // the next in order on top
  Source* given_ = nullptr;    // has given the last hit, and not gone on yet
  uint64_t epoch_ = 0;
};

}  // namespace ledger::query
