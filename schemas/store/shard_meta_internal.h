// The `meta` database of a shard: what reader and writer share.
#pragma once

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/shard_state.h"

namespace ledger::store {

inline constexpr const char* kStateKey = "state";

inline ShardState read_shard_state(const Transaction& transaction, MDB_dbi meta,
                                   const std::filesystem::path& path) {
  std::string_view value;
  return transaction.get(meta, kStateKey, value) ? decode_state(value, path.native())
                                                 : ShardState();
}

inline ShardIdentity read_shard_identity(const Transaction& transaction, MDB_dbi meta,
                                         const std::filesystem::path& path) {
  std::string_view value;
  if (transaction.get(meta, kIdentityKey, value))
    return decode_shard_identity(value, path.native());
  throw Error(
      Fault::kIntegrity,
      fmt::format("shard {}: it has no identity; run `ledger-projector rebuild`", path.string()));
}

}  // namespace ledger::store
