#include "projector/run/opening.h"

#include <fmt/format.h>

#include "projector/fold/fold.h"
#include "schemas/base/error.h"
#include "schemas/store/reader.h"

namespace ledger::run {

namespace {

constexpr store::Generation kFirst{1};

store::Generation writable_generation(const store::ViewDirectory& directory) {
  if (const auto current = directory.current()) return *current;
  for (const store::Generation generation : directory.generations()) {
    if (generation == kFirst) continue;  // a first start that died before it published
    throw Error(Fault::kIntegrity,
                fmt::format("views {}: `current` is missing, so none of the generations is known "
                            "to be whole; make a new one: ledger-projector rebuild --views {}",
                            directory.root().string(), directory.root().string()));
  }
  return kFirst;
}

}  // namespace

std::optional<store::LogIdentity> stored_identity(const store::ViewDirectory& directory) {
  if (const auto current = directory.current()) {
    const auto partitions = directory.partitions(*current);
    if (!partitions.empty()) {
      return store::ShardReader(directory.shard(*current, partitions.front())).identity().log;
    }
  }
  for (const Partition partition : directory.log_partitions()) {
    if (!store::has_kept_log(directory.log(partition))) continue;  // its first start died
    return store::KeptLogReader(directory.log(partition)).identity();
  }
  return std::nullopt;
}

store::ShardIdentity identity_of(const store::LogIdentity& log,
                                 const index::Declarations& declarations) {
  return {log, fold::kFoldVersion, declarations};
}

std::vector<std::unique_ptr<shard::Shard>> open_shards(const store::ViewDirectory& directory,
                                                       const store::LogIdentity& identity,
                                                       const shard::BatchBounds& bounds) {
  const store::Generation generation = writable_generation(directory);
  const index::Declarations declarations = index::load_declarations();
  std::vector<std::unique_ptr<shard::Shard>> shards;
  store::LogIdentity log = identity;
  for (int32_t partition = 0; partition < identity.partition_count; ++partition) {
    log.partition = Partition{partition};
    shards.push_back(std::make_unique<shard::Shard>(directory, generation,
                                                    identity_of(log, declarations), bounds));
  }
  if (!directory.current()) directory.publish(generation);
  return shards;
}

}  // namespace ledger::run
