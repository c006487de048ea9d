// Apply: the one place that turns changes into operations on views.
//
//   Result of the fold -> erase(old keys), insert(new keys) of every index, rows, versions, past,
//   left_at,
//                         event_ids, content_hashes, outcomes, record_outcomes, counters
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "projector/fold/fold.h"
#include "schemas/index/key.h"
#include "schemas/store/layout.h"
#include "schemas/store/shard_state.h"

namespace ledger::apply {

// The key of a row in one index, or a row's image, built when it is asked for.
// Lifetime: of the call that hands it over; its bytes until they are built again.
class LateBytes {
 public:
  virtual ~LateBytes() = default;
  virtual std::string_view bytes() const = 0;
};

// How operations reach the views: bulk::BulkViews gathers them, and derives the entries of whole
// rows at the end.
class Operations {
 public:
  virtual ~Operations() = default;
  virtual std::optional<std::string_view> get(store::View view, std::string_view key) = 0;
  virtual void insert(store::View view, std::string_view key, std::string_view value) = 0;
  virtual void update(store::View view, std::string_view key, std::string_view value) = 0;
  virtual void erase(store::View view, std::string_view key) = 0;

  // The image that a row of `table` has becomes a version: insert(versions, rid and from, image).
  virtual void supersede(record::Table table, store::Rid rid, Offset from, const LateBytes& image);
  // A row's key enters an index: insert(view, key, entry), now or later.
  virtual void enter(store::View view, const LateBytes& key, const store::Entry& entry);
  // A row's key leaves: erase(view, key). Returns: the entry that it had; nullopt when the index
  // has no such key.
  virtual std::optional<store::Entry> leave(store::View view, const LateBytes& key, store::Rid rid);
};

// Derives all operations of one event from the declarations.
class Applier {
 public:
  explicit Applier(const index::Declarations& declarations);
  ~Applier();

  // Precondition (asserted): offset == state.position. Advances state.position, log time and
  // counters.
  void apply(Offset offset, int64_t log_time_ms, const fold::Result& result, Operations& operations,
             store::ShardState& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::apply
