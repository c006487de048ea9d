#include "projector/rebuild/comparison.h"

#include <fmt/format.h>

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

std::vector<std::string> differences(const OldShard& old, const bulk::ShardBuild& fresh) {
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
