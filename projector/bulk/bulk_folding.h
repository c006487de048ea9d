// Makes one shard of a new generation from kept events, in bounded memory: rounds of fold in
// memory, each written as a layer when it is full, all merged into the shard at the end.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "projector/bulk/bulk_views.h"
#include "projector/bulk/lookahead.h"
#include "projector/bulk/shard_stack.h"
#include "projector/bulk/work_meter.h"
#include "projector/fold/fold.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"

namespace ledger::bulk {

class BulkFolding {
 public:
  // Called while something is written; what it throws ends that.
  using Pulse = std::function<void()>;

  // The shard will be at `path`. Goes on from what is whole there, which a build that died left;
  // else from `base`, an earlier shard of the same identity; else from 0.
  // `memory_max`: bytes of a round. Lifetime: identity outlives it.
  BulkFolding(
      const std::filesystem::path& path, const store::ShardIdentity& identity,
      BulkViews::KeptValues kept, const std::optional<std::filesystem::path>& base,
      size_t memory_max, Pulse pulse = [] {});
  ~BulkFolding();

  Offset position() const { return next_; }
  // Precondition (asserted): event.offset == position(). The last few wait, until more come or
  // finish(), while what they will look up is fetched. Throws: Error{kIntegrity, kFull}.
  void fold(const store::KeptEvent& event);
  // What is in memory becomes a layer, durably, as when the memory is full.
  void spill();
  // All of it becomes a shard, durably; state() has the digests then. fold() may go on.
  void finish();
  // By any thread: what there was and is to do. expect() is for who knows where it ends.
  WorkMeter& meter() { return meter_; }
  const WorkMeter& meter() const { return meter_; }
  // Anything whole, for a later build.
  bool has_rounds() const { return stack_.has_rounds() || stack_.has_layers(); }
  const store::ShardState& state() const { return state_; }
  // Puts what finish() wrote at `path`. The last call.
  void place();

 private:
  void stand();  // on what is there, nothing folded yet
  void fetch_ahead() const;
  void fold_next();
  double measure();  // Returns: how full the memory is; 1: the round ends
  void fold_ahead();
  void write_layer();
  void write_shard();

  const store::ShardIdentity& identity_;
  BulkViews::KeptValues kept_;
  size_t memory_max_;
  Pulse pulse_;
  ShardStack stack_;
  fold::Fold fold_;
  apply::Applier applier_;
  Offset next_{};
  Lookahead ahead_;
  std::unique_ptr<BulkViews> views_;  // of the round; none between rounds
  Offset begun_{};                    // where the round began
  store::ShardState state_;
  size_t unmeasured_ = 0;  // events since the memory was last summed
  Offset measured_{};      // where it was
  uint64_t base_entries_ = 0;
  uint64_t layer_entries_ = 0;
  WorkMeter meter_;
};

}  // namespace ledger::bulk
