// LMDB has no checksums: reading a damaged file may end in a signal, so a child tries it first.
#pragma once

#include <filesystem>

namespace ledger::bulk {

// Opens the shard and reads its state, no more.
// Returns: the signal that ended the child, 0 when none did (also when it threw).
int signal_of_reading(const std::filesystem::path& shard);

}  // namespace ledger::bulk
