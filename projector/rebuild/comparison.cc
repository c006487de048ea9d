#include "projector/rebuild/comparison.h"

#include <fmt/format.h>

#include "projector/bulk/trial.h"
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
  const std::filesystem::path shard = directory.shard(*current, partition);
  if (const int signal = bulk::signal_of_reading(shard); signal != 0) {
    why = fmt::format("{} is damaged, reading it ends in signal {}", shard.string(), signal);
    return std::nullopt;
  }
  try {
    const store::ShardReader reader(shard);
    return OldShard{reader.identity(), reader.state()};
  } catch (const Error& error) {
    why = error.what();
    return std::nullopt;
  }
}

std::string why_not_compared(const OldShard& old, const bulk::ShardBuild& fresh,
                             const store::ViewDirectory& directory) {
  const Partition partition = fresh.partition();
  store::check_identity(old.identity.log, fresh.identity().log, directory.log(partition).string());
  if (old.state.position > fresh.end()) {
    throw Error(
        Fault::kIntegrity,
        fmt::format("kept log {} ends at {}, the live views of it stand at {}: the kept "
                    "log lost events; restore log/ from a copy",
                    directory.log(partition).string(), raw(fresh.end()), raw(old.state.position)));
  }
  if (old.identity == fresh.identity()) return {};
  if (old.identity.fold_version == fresh.identity().fold_version) return "other declarations";
  return fmt::format("fold version {}", old.identity.fold_version);
}

std::vector<std::string> differences(const OldShard& old, const store::ShardIdentity& identity,
                                     const store::ShardState& fresh) {
  std::vector<std::string> found;
  if (old.identity != identity || old.state.position != fresh.position) return found;
  for (const auto& [view, digest] : fresh.digests) {
    const auto before = old.state.digests.find(view);
    // A shard that has committed nothing yet has no digests; those of empty views are zero.
    const store::Digest was = before == old.state.digests.end() ? store::Digest{} : before->second;
    if (was == digest) continue;
    found.push_back(fmt::format("partition {}, view {}: digest {} live, {} rebuilt",
                                raw(identity.log.partition), view, digest_text(was),
                                digest_text(digest)));
  }
  return found;
}

}  // namespace ledger::rebuild
