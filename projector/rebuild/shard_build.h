// One shard of a generation that is being built.
#pragma once

#include <atomic>
#include <optional>

#include "projector/bulk/bulk_folding.h"
#include "schemas/store/directory.h"

namespace ledger::rebuild {

// What the live generation has of the shard, as far as it can be read.
struct OldShard {
  store::ShardIdentity identity;
  store::ShardState state;
};

// Returns: nullopt when there is none or it is too damaged to say; `why` then says so.
std::optional<OldShard> read_old_shard(const store::ViewDirectory& directory,
                                       std::optional<store::Generation> current,
                                       Partition partition, std::string& why);

class ShardBuild {
 public:
  ShardBuild(const store::ViewDirectory& directory, store::Generation fresh, Partition partition,
             const index::Declarations& declarations, size_t memory_max);
  ShardBuild(const ShardBuild&) = delete;
  ShardBuild& operator=(const ShardBuild&) = delete;

  Partition partition() const { return partition_; }
  Offset end() const { return kept_.end(); }
  // Any thread: events folded so far.
  uint64_t folded() const { return folded_.load(); }

  // Folds and writes [position, limit); `limit` is cut to end(). Ends early on `stop`.
  void fold_to(Offset limit, const std::atomic<bool>& stop);
  const store::ShardState& state() const { return folding_.state(); }
  const store::ShardIdentity& identity() const { return identity_; }
  void place() { folding_.place(); }

 private:
  Partition partition_;
  store::KeptLogReader kept_;
  store::ShardIdentity identity_;
  bulk::BulkFolding folding_;
  std::atomic<uint64_t> folded_{0};
};

// A line per view whose digest is not the old one's; empty when all are equal or the two cannot be
// compared (other declarations or fold version, another position).
std::vector<std::string> differences(const OldShard& old, const ShardBuild& fresh);

}  // namespace ledger::rebuild
