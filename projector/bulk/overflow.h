// Memory of vectors that is a file when it is large: the kernel keeps as much of that in memory as
// there is room for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <type_traits>

#include "projector/bulk/large_memory.h"

namespace ledger::bulk {

// Which allocations are files. Those have no name, so that a death leaves none.
struct Overflow {
  size_t memory_max = SIZE_MAX;    // bytes; larger ones are
  std::filesystem::path folder{};  // of theirs
  bool takes(size_t bytes) const { return bytes > memory_max; }
};

// Throws: Error{kFull, kUnavailable}.
void* map_file(const std::filesystem::path& folder, size_t bytes);
void unmap_file(void* start, size_t bytes);

// An allocator: see std::vector. Lifetime: the overflow outlives what it allocates.
template <typename T>
class OverflowAllocator {
 public:
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  explicit OverflowAllocator(const Overflow* overflow = nullptr) : overflow_(overflow) {}
  template <typename Other>
  OverflowAllocator(const OverflowAllocator<Other>& other) : overflow_(other.overflow()) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (!takes(bytes)) return LargeAllocator<T>().allocate(count);
    return static_cast<T*>(map_file(overflow_->folder, bytes));
  }
  void deallocate(T* start, size_t count) {
    if (takes(count * sizeof(T))) {
      unmap_file(start, count * sizeof(T));
    } else {
      LargeAllocator<T>().deallocate(start, count);
    }
  }
  bool takes(size_t bytes) const { return overflow_ != nullptr && overflow_->takes(bytes); }
  const Overflow* overflow() const { return overflow_; }
  template <typename Other>
  bool operator==(const OverflowAllocator<Other>& other) const {
    return overflow_ == other.overflow();
  }

 private:
  const Overflow* overflow_;
};

}  // namespace ledger::bulk
