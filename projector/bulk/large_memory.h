// Memory of lists that grow with the events of a round, in huge pages where it is large: what lies
// anywhere in it is found by fewer looks into page tables, and is first used with fewer faults.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace ledger::bulk {

// From here on an allocation is mapped by itself, and goes back to the kernel when it is freed.
inline constexpr size_t kLargeBytes = size_t{4} << 20;

// Throws: std::bad_alloc.
void* map_large(size_t bytes);
void unmap_large(void* start, size_t bytes);

// An allocator: see std::vector.
template <typename T>
class LargeAllocator {
 public:
  using value_type = T;
  using is_always_equal = std::true_type;

  LargeAllocator() = default;
  template <typename Other>
  LargeAllocator(const LargeAllocator<Other>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kLargeBytes) return std::allocator<T>().allocate(count);
    return static_cast<T*>(map_large(bytes));
  }
  void deallocate(T* start, size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kLargeBytes) {
      std::allocator<T>().deallocate(start, count);
    } else {
      unmap_large(start, bytes);
    }
  }
  template <typename Other>
  bool operator==(const LargeAllocator<Other>&) const {
    return true;
  }
};

template <typename T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace ledger::bulk
