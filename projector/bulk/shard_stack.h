// What a build has of one shard: a base, layers over it (layers.h), and their files (rounds.h).
//
//   add_layer()  base < layers          -> base < layers < another one
//   finish()     base < layers < round  -> another base
//
// Of each kFanIn layers one is made, of each kFanIn of those again, so that events that fill n of
// them are written log n times, and a look goes through few.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "projector/bulk/layers.h"
#include "projector/bulk/rounds.h"
#include "schemas/store/fill.h"

namespace ledger::bulk {

class ShardStack {
 public:
  static constexpr size_t kFanIn = 16;
  // Writes views and state. Returns: the state that the fill gave.
  using Write = std::function<store::ShardState(store::ShardFill&)>;
  using Pulse = std::function<void()>;

  // Opens the newest whole round of the shard that will be at `path`, and what layers go on from
  // it; without a round, `base`. Lifetime: identity outlives it.
  ShardStack(const std::filesystem::path& path, const store::ShardIdentity& identity,
             const std::optional<std::filesystem::path>& base, size_t directory_bytes_max);

  const Layers& layers() const { return *layers_; }
  Layers& layers() { return *layers_; }
  const store::ShardState& state() const;  // at its top; that of an empty shard when there is none
  bool has_rounds() const { return rounds_.newest() > 0; }
  bool has_layers() const { return !layers_->layers().empty(); }

  // Reads of layers that were there when it was opened what lookups and finish() need; that of
  // finish() alone.
  void learn(const Pulse& pulse);
  void learn_moves(const Pulse& pulse);
  // Both durably; what throws meanwhile leaves what was there before. `write` tells rows to the
  // directory itself.
  void add_layer(const Rounds::Layer& range, const Write& write, const Pulse& pulse);
  void finish(const Write& write);
  // Called by the `write` of finish(): entries that do not fit into memory, over the layers until
  // finish() is done.
  void add_entries(const Write& write);
  // Puts the base at `path`. Precondition (asserted): no layers. The last call.
  void place();

 private:
  void open_base(const std::filesystem::path& path);
  void learn_rows(const store::ShardReader& layer, size_t number, const Pulse& pulse);
  void join(size_t first, const Pulse& pulse);

  std::unique_ptr<Layers> layers_over_base() const;

  const store::ShardIdentity& identity_;
  size_t directory_bytes_max_;
  std::filesystem::path folder_;
  Rounds rounds_;
  std::optional<store::ShardReader> base_;
  std::unique_ptr<Layers> layers_;
  std::vector<Rounds::Layer> ranges_;  // of layers
  std::vector<int> levels_;            // of layers: how often they were made of others
  size_t learned_ = 0;                 // layers
  store::ShardState nothing_;
};

}  // namespace ledger::bulk
