#include "tests/support/maps.h"

#include <cstdint>
#include <fstream>
#include <sstream>

namespace ledger::test {

std::string of_map(const void* place, std::string_view field) {
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream parts(line);
    uintptr_t from = 0;
    uintptr_t to = 0;
    char dash = 0;
    if (parts >> std::hex >> from >> dash >> to && dash == '-') {
      const auto at = reinterpret_cast<uintptr_t>(place);
      here = from <= at && at < to;
    } else if (here && line.starts_with(field)) {
      return line.substr(field.size()) + " ";
    }
  }
  return {};
}

size_t mapped_kib(const void* place) {
  const std::string kib = of_map(place, "Rss:");
  return kib.empty() ? 0 : std::stoul(kib);
}

}  // namespace ledger::test
