#include "projector/bulk/shard_build.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "projector/fold/fold.h"

namespace ledger::bulk {

namespace {

struct Stopped {};

// Folded of one snapshot, so that pages of the kept log are not held for long.
constexpr int64_t kPieceEvents = 32768;
// Worth a snapshot while more comes: the block at either end is unpacked for nothing.
constexpr int64_t kPieceEventsMin = 8192;
constexpr std::chrono::milliseconds kTick{10};  // between two looks for more

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

void ShardBuild::expect(Offset limit, bool more_comes) {
  if (!more_comes) limit = std::min(limit, end());
  if (more_comes) kept_.release();
  const int64_t events = raw(limit) - raw(folding_.position());
  folding_.meter().expect(static_cast<uint64_t>(std::max<int64_t>(0, events)));
}

void ShardBuild::fold_to(Offset limit, const std::atomic<bool>& stop, const MoreComes& more_comes) {
  stop_ = &stop;
  folding_.meter().begin();
  try {
    while (folding_.position() < limit && !stop) {
      const bool more = more_comes();  // asked before it is looked at what is kept
      folding_.meter().fetched_beside(more);
      kept_.renew();
      if (!more) limit = std::min(limit, end());
      if (fold_piece(limit, more)) continue;
      kept_.release();
      folding_.meter().begin_wait();
      std::this_thread::sleep_for(kTick);
      folding_.meter().end_wait();
    }
    if (!stop) folding_.finish();
  } catch (const Stopped&) {
    return;  // whoever asked for it knows
  }
}

bool ShardBuild::fold_piece(Offset limit, bool more_comes) {
  const Offset from = folding_.position();
  const Offset kept = std::min(limit, end());
  const Offset until = std::min(kept, Offset{raw(from) + kPieceEvents});
  if (more_comes && kept < limit && raw(until) - raw(from) < kPieceEventsMin) return false;
  kept_.scan(from, until, [&](const store::KeptEvent& event) {
    folding_.fold(event);
    ++folded_;
    return !*stop_;
  });
  return true;
}

void ShardBuild::stop_if_asked() const {
  if (*stop_) throw Stopped();
}

}  // namespace ledger::bulk
