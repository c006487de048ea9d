#include "projector/bulk/overflow.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"

namespace ledger::bulk {

namespace {

constexpr mode_t kMode = 0600;

[[noreturn]] void fail(int code, std::string_view action, const std::filesystem::path& folder) {
  throw Error(means_full(code) ? Fault::kFull : Fault::kUnavailable,
              fmt::format("cannot {} a temporary file in {} ({}); free disk space or give more "
                          "memory by --memory",
                          action, folder.string(), std::generic_category().message(code)));
}

// Not every file system makes files without a name.
int open_unnamed(const std::filesystem::path& folder) {
  const int unnamed = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode);
  if (unnamed >= 0 || errno != EOPNOTSUPP) return unnamed;
  std::string name = folder / "overflow-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

}  // namespace

// Its blocks are taken at once: a write to mapped memory that finds none would be a SIGBUS.
void* map_file(const std::filesystem::path& folder, size_t bytes) {
  const int file = open_unnamed(folder);
  if (file < 0) fail(errno, "make", folder);
  const int full = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  void* const start =
      full != 0 ? MAP_FAILED : mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  const int code = full != 0 ? full : errno;
  close(file);
  if (start == MAP_FAILED) fail(code, "enlarge", folder);
  return start;
}

void unmap_file(void* start, size_t bytes) {
  const int result = munmap(start, bytes);
  LEDGER_ASSERT(result == 0, "errno {}", errno);
}

}  // namespace ledger::bulk
