// One shard of a generation that is being made from the kept log.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "projector/bulk/bulk_folding.h"
#include "schemas/store/directory.h"

namespace ledger::bulk {

// Whether the kept logs are still appended to. By any thread.
using MoreComes = std::function<bool()>;
inline const MoreComes kNothingComes = [] { return false; };

class ShardBuild {
 public:
  // `base`: the generation to go on from; nullopt = from the start.
  ShardBuild(const store::ViewDirectory& directory, store::Generation fresh,
             std::optional<store::Generation> base, Partition partition,
             const index::Declarations& declarations, size_t memory_max);
  ShardBuild(const ShardBuild&) = delete;
  ShardBuild& operator=(const ShardBuild&) = delete;

  Partition partition() const { return partition_; }
  Offset start() const { return start_; }
  Offset end() const { return kept_.end(); }          // of the kept log, as of the last renew()
  uint64_t folded() const { return folded_.load(); }  // events so far; any thread
  ShardWork work() const { return folding_.meter().read(); }  // likewise
  // A fold_to(limit) is to come, which a thread may take up later; until then no page of the kept
  // log is held. `more_comes`: `limit` may be beyond end().
  void expect(Offset limit, bool more_comes);

  // Sees what was kept since. Precondition: no fold_to() is at work.
  void renew() { kept_.renew(); }
  const store::KeptLogReader& kept() const { return kept_; }
  // Folds and writes [position, limit): what is kept, and what comes meanwhile; once no more comes,
  // `limit` is cut to what is kept. Ends early on `stop`, within a moment also while it writes; it
  // is of no use then.
  void fold_to(Offset limit, const std::atomic<bool>& stop,
               const MoreComes& more_comes = kNothingComes);
  bool has_rounds() const { return folding_.has_rounds(); }  // whole ones, for a later build
  const store::ShardState& state() const { return folding_.state(); }
  const store::ShardIdentity& identity() const { return identity_; }
  void place() { folding_.place(); }

 private:
  // Folds the next piece of what is kept. Returns: false when that is too little yet.
  bool fold_piece(Offset limit, bool more_comes);
  void stop_if_asked() const;

  Partition partition_;
  store::KeptLogReader kept_;
  store::ShardIdentity identity_;
  BulkFolding folding_;
  Offset start_;
  std::atomic<uint64_t> folded_{0};
  const std::atomic<bool>* stop_ = nullptr;  // of the fold_to() at work
};

}  // namespace ledger::bulk
