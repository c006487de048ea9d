#include "projector/rebuild/shard_build.h"

#include <algorithm>

#include <fmt/format.h>

#include "projector/fold/fold.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/reader.h"

namespace ledger::rebuild {

namespace {

std::string digest_text(const store::Digest& digest) {
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

std::optional<OldShard> read_old_shard(const store::ViewDirectory& directory,
                                       std::optional<store::Generation> current,
                                       Partition partition, std::string& why) {
  if (!current) {
    why = "there is no live generation";
    return std::nullopt;
  }
  try {
    const store::ShardReader reader(directory.shard(*current, partition));
    return OldShard{reader.identity(), reader.state()};
  } catch (const Error& error) {
    why = error.what();
    return std::nullopt;
  }
}

ShardBuild::ShardBuild(const store::ViewDirectory& directory, store::Generation fresh,
                       Partition partition, const index::Declarations& declarations,
                       size_t memory_max)
    : partition_(partition),
      kept_(directory.log(partition)),
      identity_{kept_.identity(), fold::kFoldVersion, declarations},
      folding_(
          directory.shard(fresh, partition), identity_,
          [this](Offset offset) { return kept_.read(offset); }, std::nullopt, memory_max) {}

void ShardBuild::fold_to(Offset limit, const std::atomic<bool>& stop) {
  kept_.scan(folding_.position(), std::min(limit, end()), [&](const store::KeptEvent& event) {
    folding_.fold(event);
    ++folded_;
    return !stop;
  });
  if (!stop) folding_.finish();
}

std::vector<std::string> differences(const OldShard& old, const ShardBuild& fresh) {
  std::vector<std::string> found;
  if (old.identity != fresh.identity() || old.state.position != fresh.state().position)
    return found;
  for (const auto& [view, digest] : fresh.state().digests) {
    const auto before = old.state.digests.find(view);
    const std::string was =
        before == old.state.digests.end() ? "none" : digest_text(before->second);
    if (was == digest_text(digest)) continue;
    found.push_back(fmt::format("partition {}, view {}: digest {} live, {} rebuilt",
                                raw(fresh.partition()), view, was, digest_text(digest)));
  }
  return found;
}

}  // namespace ledger::rebuild
