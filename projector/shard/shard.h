// One shard while it is written: the kept log of a partition, and its views.
//
//   events -> kept log (one transaction) -> fold -> apply -> views (a transaction per batch)
//
// The kept log is first; it may be ahead of the views, at a start by a batch or by all that was
// fetched for a fill: catch_up() folds that.
#pragma once

#include <functional>
#include <span>

#include "projector/consumer/guards.h"
#include "projector/shard/folding.h"
#include "schemas/store/directory.h"
#include "schemas/store/kept_log.h"

namespace ledger::shard {

class Shard {
 public:
  // Opens or creates both. Throws: Error{kIncompatible} when either is of another ledger, fold or
  // declarations; kIntegrity when the views are ahead of the kept log; kUnavailable; kFull.
  Shard(const store::ViewDirectory& directory, store::Generation generation,
        const store::ShardIdentity& identity, const BatchBounds& bounds);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  Partition partition() const { return partition_; }
  Offset position() const { return folding_.state().position; }  // committed
  Offset kept_end() const { return kept_.end(); }
  int64_t log_time_max_ms() const { return folding_.state().log_time_max_ms; }
  consumer::Held held() const;  // of the kept log, for the guards

  // Whether the kept log has more than was folded, the batch that waits for more included.
  bool behind_kept() const { return folding_.position() < kept_end(); }
  // Folds what the kept log has ahead. `go_on` is asked after each commit.
  void catch_up(const std::function<bool()>& go_on);
  // Keeps and folds. `more`: further events are at hand, so a batch that is not full waits for
  // them; commit() ends the waiting. Precondition (asserted): contiguous from kept_end(), and all
  // that is kept is folded.
  void append(std::span<const store::KeptEvent> events, bool more = false);
  void commit() { folding_.commit(); }
  // Keeps only, for a bulk build to fold. Precondition (asserted): contiguous from kept_end().
  void keep(std::span<const store::KeptEvent> events) { kept_.append(events); }
  // Keeps that the events [kept_end(), limit) are lost; catch_up() goes on behind them.
  void accept_gap(Offset limit);
  bool accepted(Offset from, Offset limit) const;  // that very gap, earlier

 private:
  Partition partition_;
  store::KeptLogWriter kept_;
  Folding folding_;
};

}  // namespace ledger::shard
