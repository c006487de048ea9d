// Folds kept events into the views of one shard, a transaction per batch: fold, apply, commit.
#pragma once

#include <filesystem>

#include "projector/apply/apply.h"
#include "projector/bulk/bulk_views.h"
#include "projector/fold/fold.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"
#include "schemas/store/writer.h"

namespace ledger::shard {

// Bounds of one transaction; whichever is met first ends it.
struct BatchBounds {
  size_t events_max = 50000;
  // Of 4 KiB, which LMDB holds in memory. It spills (and leaks) beyond 131,071.
  size_t dirty_pages_max = 120000;
};

class Folding {
 public:
  // `kept`: the shard's kept log, for payloads of events whose id comes again.
  // Throws: as store::ShardWriter.
  Folding(const std::filesystem::path& path, const store::ShardIdentity& identity,
          bulk::BulkViews::KeptValues kept, const BatchBounds& bounds,
          const store::WriterOptions& options = {});

  const store::ShardState& state() const { return writer_.state(); }  // as of the last commit
  Offset position() const { return batch_.position; }                 // the batch's events too

  // Folds the next event, or jumps over an accepted gap; commits when the batch is full.
  // Precondition (asserted): event.offset == position(). After an Error the object is of no use:
  // open it anew, it stands at a commit. Throws: Error{kIntegrity, kFull, kUnavailable}.
  // Returns: whether that committed.
  bool fold(const store::KeptEvent& event);
  // Commits what was folded since the last commit, durably unless opened without sync.
  void commit();

 private:
  void begin();
  void fold_event(const store::KeptEvent& event);
  bool full();

  BatchBounds bounds_;
  bulk::BulkViews::KeptValues kept_;
  store::ShardWriter writer_;
  store::ShardReader base_;               // what was committed
  std::optional<bulk::Layers> below_;     // the base, or nothing
  std::optional<bulk::BulkViews> views_;  // of the batch
  fold::Fold fold_;
  apply::Applier applier_;
  store::ShardState batch_;
  size_t events_ = 0;  // in the batch
};

}  // namespace ledger::shard
