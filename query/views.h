// The view directory as one reader sees it: a shard and a kept log per partition of one generation,
// each under a snapshot that never grows old.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "query/request.h"
#include "schemas/store/directory.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"

namespace ledger::query {

// No read holds an LMDB snapshot much longer than this; the contract allows 1 s.
inline constexpr std::chrono::milliseconds kSnapshotAgeMax{400};

class Views {
 public:
  // Opens every shard of the live generation.
  // Throws: Error{kUnavailable} when there are no views yet; as store::ShardReader else.
  // `age_max`: of a snapshot, until it is renewed.
  explicit Views(const std::filesystem::path& directory,
                 std::chrono::milliseconds age_max = kSnapshotAgeMax);
  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  const store::ViewDirectory& directory() const { return directory_; }
  store::Generation generation() const { return generation_; }
  const std::vector<Partition>& partitions() const { return partitions_; }  // ascending
  const index::Declarations& declarations() const;
  const store::LogIdentity& identity() const;  // of the first partition

  // Where the snapshots stand. After a renewal they stand at the same place or further on.
  const PositionVector& positions() const { return positions_; }

  // Precondition (asserted): `partition` is one of partitions().
  store::ShardReader& shard(Partition partition);
  store::KeptLogReader& kept_log(Partition partition);  // opened when first asked for

  // Are the snapshots old, or released? A caller that holds a cursor notes where it is, calls
  // refresh() and seeks again. Cost: asks the clock once in 64 calls.
  bool stale();
  // Renews the snapshots if they are stale; cursors of the old ones are dead then. Returns:
  // epoch(), which differs after each renewal.
  uint64_t refresh();
  // Takes new snapshots now, of a newer generation if one was published.
  void reopen();
  // Drops the snapshots, before waiting for anything; refresh() takes new ones.
  void release();
  uint64_t epoch() const { return epoch_; }

 private:
  void open_current();
  void renew();
  size_t number_of(Partition partition) const;

  store::ViewDirectory directory_;
  std::chrono::milliseconds age_max_;
  store::Generation generation_{};
  std::vector<Partition> partitions_;
  std::vector<store::ShardReader> shards_;                 // as partitions_
  std::vector<std::optional<store::KeptLogReader>> logs_;  // as partitions_
  PositionVector positions_;
  std::chrono::steady_clock::time_point taken_;
  uint64_t epoch_ = 0;
  uint32_t calls_ = 0;
  bool released_ = false;
  bool stale_ = false;
};

// Throws: Error{kUsage} when the ledger has no such partition; `what`: names one so.
void check_partition(const Views& views, Partition partition, std::string_view what);

// The position vector that an answer is read at: `as_of` completed by the newest positions. A time
// later than what the projector has surely folded is refused; so `views` may be reopened here, and
// what names its declarations is dead then.
// Throws: Error{kNotFresh} when the views do not reach it, Error{kUsage} on a partition that the
// ledger has not.
PositionVector resolve(Views& views, const AsOf& as_of);

// Waits until the views stand at `least` or further on, until `deadline` at most.
// Throws: Error{kNotFresh} saying what is missing; Error{kUsage} as resolve().
void wait_for(Views& views, const PositionVector& least,
              std::chrono::steady_clock::time_point deadline);

}  // namespace ledger::query
