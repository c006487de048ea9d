// What a rebuilt shard is compared with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "projector/bulk/shard_build.h"

namespace ledger::rebuild {

// What the live generation has of the shard, as far as it can be read.
struct OldShard {
  store::ShardIdentity identity;
  store::ShardState state;
};

// Returns: nullopt when there is none or it is too damaged to say; `why` then says so.
std::optional<OldShard> read_old_shard(const store::ViewDirectory& directory,
                                       std::optional<store::Generation> current,
                                       Partition partition, std::string& why);

// Why `old` and what is rebuilt cannot be compared; "" when they can.
// Throws: Error when the rebuilt shard must not take the place of `old`: kIncompatible when it is
// of another log, kIntegrity when the kept log does not reach the old position.
std::string why_not_compared(const OldShard& old, const bulk::ShardBuild& fresh,
                             const store::ViewDirectory& directory);

// A line per view whose digest is not the old one's; empty when all are equal or the two cannot be
// compared (other declarations or fold version, another position).
std::vector<std::string> differences(const OldShard& old, const store::ShardIdentity& identity,
                                     const store::ShardState& fresh);

}  // namespace ledger::rebuild
