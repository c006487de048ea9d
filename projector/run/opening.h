// What a view directory already is, and the shards of its live generation.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "projector/shard/shard.h"
#include "schemas/store/directory.h"
#include "schemas/store/shard_state.h"

namespace ledger::run {

// Whose views these are; nullopt when there are none yet. Throws: Error{kIncompatible, kIntegrity,
// kUnavailable}.
std::optional<store::LogIdentity> stored_identity(const store::ViewDirectory& directory);

// Who the shard of `log` is when this program writes it.
store::ShardIdentity identity_of(const store::LogIdentity& log,
                                 const index::Declarations& declarations);

// Opens every shard of the live generation; makes and publishes the first one in an empty
// directory. Precondition: the caller holds writer.lock. Throws: as shard::Shard;
// Error{kIntegrity} when generations are there but none is current.
std::vector<std::unique_ptr<shard::Shard>> open_shards(const store::ViewDirectory& directory,
                                                       const store::LogIdentity& identity,
                                                       const shard::BatchBounds& bounds);

}  // namespace ledger::run
