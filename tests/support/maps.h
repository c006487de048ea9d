// What the kernel tells of the memory of this process.
#pragma once

#include <string>
#include <string_view>

namespace ledger::test {

// What stands behind `field` in /proc/self/smaps for the map that holds the place: of "Rss:" the
// KiB, of "VmFlags:" the flags, each between blanks. "" when nothing is mapped there.
std::string of_map(const void* place, std::string_view field);
size_t mapped_kib(const void* place);

}  // namespace ledger::test
