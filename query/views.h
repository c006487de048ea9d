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

// No read holds an LMDB snapshot longer than this; the contract allows 1 s.
inline constexpr std::chrono::milliseconds kSnapshotAgeMax{400};

class Views {
 public:
  // Opens every shard of the live generation.
  // Throws: Error{kUnavailable} when there are no views yet; as store::ShardReader else.
  explicit Views(const std::filesystem::path& directory);
  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  const store::ViewDirectory& directory() const { return directory_; }
  const std::vector<Partition>& partitions() const { return partitions_; }  // ascending
  const index::Declarations& declarations() const;
  const store::LogIdentity& identity() const;  // of the first partition
  store::Generation generation() const { return generation_; }

  // Where the snapshots stand. After a renewal they stand at the same place or further on.
  const PositionVector& positions() const { return positions_; }

  // Precondition (asserted): `partition` is one of partitions().
  store::ShardReader& shard(Partition partition);
  store::KeptLogReader& kept_log(Partition partition);  // opened when first asked for

  // Renews the snapshots when they are old or were released; cursors of the old ones are dead then.
  // Returns: epoch(), which differs after each renewal: who holds a cursor seeks again.
  uint64_t refresh();
  // Takes new snapshots now, of a newer generation if one was published.
  void reopen();
  // Drops the snapshots, before waiting for anything; refresh() takes new ones.
  void release();
  uint64_t epoch() const { return epoch_; }

 private:
  struct Shard;
  void open_generation();
  void renew();
  void read_positions();
  Shard& at(Partition partition);

  store::ViewDirectory directory_;
  store::Generation generation_{};
  std::vector<Partition> partitions_;
  std::vector<std::unique_ptr<Shard>> shards_;
  PositionVector positions_;
  std::chrono::steady_clock::time_point taken_;
  bool released_ = false;
  uint64_t epoch_ = 1;
};

// The position vector that an answer is read at: `as_of` completed by the newest positions.
// Throws: Error{kNotFresh} when the views do not reach it, Error{kUsage} on a partition that the
// ledger has not.
PositionVector resolve(Views& views, const AsOf& as_of);

// Waits until the views stand at `least` or further on, `wait` long at most.
// Throws: Error{kNotFresh} naming what is missing.
void wait_for(Views& views, const PositionVector& least, std::chrono::microseconds wait);

}  // namespace ledger::query
