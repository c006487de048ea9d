#include "projector/bulk/large_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <new>

#include "schemas/base/assert.h"

namespace ledger::bulk {

namespace {

constexpr size_t kHugePageBytes = size_t{2} << 20;

// Whole huge pages. Linux puts such a map where they begin from 6.7 on; before, its first and last
// part are in small ones.
size_t mapped(size_t bytes) {
  return (bytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

}  // namespace

// Where the kernel has no huge pages, or none left, it takes small ones.
void* map_large(size_t bytes) {
  void* const start =
      mmap(nullptr, mapped(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) throw std::bad_alloc();
  madvise(start, mapped(bytes), MADV_HUGEPAGE);
  return start;
}

void unmap_large(void* start, size_t bytes) {
  const int result = munmap(start, mapped(bytes));
  LEDGER_ASSERT(result == 0, "errno {}", errno);
}

}  // namespace ledger::bulk
