// What files take on a disk, and what is free on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace ledger::bulk {

// Of all files below it; of what cannot be read, nothing.
uint64_t bytes_under(const std::filesystem::path& folder);
// On its disk, for who is not root. Returns: nullopt when the disk does not say.
std::optional<uint64_t> bytes_free(const std::filesystem::path& folder);

}  // namespace ledger::bulk
