// The last events of a rebuild, folded on the live path into the shards that the bulk path made: a
// few cost less so than one more merge.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "projector/bulk/generation_build.h"
#include "projector/shard/folding.h"

namespace ledger::rebuild {

class Tail {
 public:
  // Precondition: `build` is placed. Lifetime: both outlive it.
  Tail(const store::ViewDirectory& directory, const bulk::GenerationBuild& build,
       const options::Interrupt& interrupt);

  // Folds each shard to `limit`, cut to what the build sees of the kept log. Each commit is
  // durable: the shard is one that the next build goes on from if this one dies. Throws: as
  // shard::Folding; Error{kInterrupted, kTerminated}.
  void fold_to(const std::function<Offset(const bulk::ShardBuild&)>& limit);
  PositionVector positions() const;
  const store::ShardState& state(size_t shard) const { return foldings_[shard]->state(); }

 private:
  void fold(const bulk::ShardBuild& shard, shard::Folding& folding, Offset limit);

  const bulk::GenerationBuild& build_;
  const options::Interrupt& interrupt_;
  std::vector<std::unique_ptr<shard::Folding>> foldings_;  // as build_.shards()
};

}  // namespace ledger::rebuild
