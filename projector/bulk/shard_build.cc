#include "projector/bulk/shard_build.h"

#include <algorithm>

#include "projector/fold/fold.h"

namespace ledger::bulk {

namespace {

struct Stopped {};

std::optional<std::filesystem::path> base_path(const store::ViewDirectory& directory,
                                               std::optional<store::Generation> base,
                                               Partition partition) {
  if (!base) return std::nullopt;
  return directory.shard(*base, partition);
}

}  // namespace

ShardBuild::ShardBuild(const store::ViewDirectory& directory, store::Generation fresh,
                       std::optional<store::Generation> base, Partition partition,
                       const index::Declarations& declarations, size_t memory_max)
    : partition_(partition),
      kept_(directory.log(partition)),
      identity_{kept_.identity(), fold::kFoldVersion, declarations},
      folding_(
          directory.shard(fresh, partition), identity_,
          [this](Offset offset) { return kept_.read(offset); },
          base_path(directory, base, partition), memory_max, [this] { stop_if_asked(); }),
      start_(folding_.position()) {}

void ShardBuild::expect(Offset limit) {
  const int64_t events = raw(std::min(limit, end())) - raw(folding_.position());
  folding_.meter().expect(static_cast<uint64_t>(std::max<int64_t>(0, events)));
}

void ShardBuild::fold_to(Offset limit, const std::atomic<bool>& stop) {
  stop_ = &stop;
  folding_.meter().begin();
  try {
    kept_.scan(folding_.position(), std::min(limit, end()), [&](const store::KeptEvent& event) {
      folding_.fold(event);
      ++folded_;
      return !stop;
    });
    if (!stop) folding_.finish();
  } catch (const Stopped&) {
    return;  // whoever asked for it knows
  }
}

void ShardBuild::stop_if_asked() const {
  if (*stop_) throw Stopped();
}

}  // namespace ledger::bulk
