// What of a view directory must not depend on how it came about.
#pragma once

#include <filesystem>
#include <map>

#include "schemas/store/kept_log.h"
#include "schemas/store/shard_state.h"

namespace ledger::test {

struct Stand {
  store::ShardState state;
  store::ChainHash chain{};
  bool operator==(const Stand&) const = default;
};

// Of the live generation; empty when there is none. A shard ahead of its kept log is an integrity
// Error.
std::map<Partition, Stand> stands(const std::filesystem::path& views);

}  // namespace ledger::test
