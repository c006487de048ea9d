#include "projector/rebuild/tail.h"

#include <algorithm>

namespace ledger::rebuild {

Tail::Tail(const store::ViewDirectory& directory, const bulk::GenerationBuild& build,
           const options::Interrupt& interrupt)
    : build_(build), interrupt_(interrupt) {
  for (const auto& shard : build.shards()) {
    foldings_.push_back(std::make_unique<shard::Folding>(
        directory.shard(build.generation(), shard->partition()), shard->identity(),
        [kept = &shard->kept()](Offset offset) { return kept->read(offset); },
        shard::BatchBounds{}));
  }
}

void Tail::fold_to(const std::function<Offset(const bulk::ShardBuild&)>& limit) {
  for (size_t i = 0; i < foldings_.size(); ++i) {
    const bulk::ShardBuild& shard = *build_.shards()[i];
    fold(shard, *foldings_[i], std::min(limit(shard), shard.end()));
  }
}

void Tail::fold(const bulk::ShardBuild& shard, shard::Folding& folding, Offset limit) {
  if (folding.position() >= limit) return;
  shard.kept().scan(folding.position(), limit, [&](const store::KeptEvent& event) {
    return !folding.fold(event) || !interrupt_.requested();
  });
  folding.commit();
  if (!interrupt_.requested()) return;
  throw Error(interrupt_.fault(), "rebuilding: interrupted; the live generation is as it was");
}

PositionVector Tail::positions() const {
  PositionVector positions;
  for (size_t i = 0; i < foldings_.size(); ++i) {
    positions[build_.shards()[i]->partition()] = foldings_[i]->position();
  }
  return positions;
}

}  // namespace ledger::rebuild
