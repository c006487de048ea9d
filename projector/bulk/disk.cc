#include "projector/bulk/disk.h"

#include <sys/statvfs.h>

namespace ledger::bulk {

uint64_t bytes_under(const std::filesystem::path& folder) {
  uint64_t sum = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) sum += it->file_size(error);
  }
  return sum;
}

std::optional<uint64_t> bytes_free(const std::filesystem::path& folder) {
  struct statvfs space {};
  if (statvfs(folder.c_str(), &space) != 0) return std::nullopt;
  return space.f_bavail * space.f_frsize;
}

}  // namespace ledger::bulk
