#include "projector/bulk/large_memory.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

constexpr size_t kLargeCount = kLargeBytes / sizeof(uint64_t);

// What the kernel says of the map that holds the place: its flags are last; "" without one.
std::string flags_of(const void* place) {
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
    } else if (here && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return {};
}

bool is_mapped(const void* place) { return !flags_of(place).empty(); }

TEST(LargeAllocation, ListKeepsWhatItHasWhileItGrowsBeyondTheLimit) {
  LargeVector<uint64_t> numbers;
  for (uint64_t i = 0; i < 2 * kLargeCount; ++i) numbers.push_back(i);
  for (uint64_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
}

TEST(LargeAllocation, AsksForHugePagesFromTheLimitOn) {
  const LargeVector<uint64_t> small(kLargeCount - 1);
  const LargeVector<uint64_t> large(kLargeCount);
  EXPECT_EQ(flags_of(small.data()).find(" hg "), std::string::npos) << flags_of(small.data());
  EXPECT_NE(flags_of(large.data()).find(" hg "), std::string::npos) << flags_of(large.data());
}

TEST(LargeAllocation, GoesBackToTheKernelWhenItIsFreed) {
  const void* place = nullptr;
  {
    const LargeVector<uint64_t> numbers(8 * kLargeCount);
    place = numbers.data();
    EXPECT_TRUE(is_mapped(place));
  }
  EXPECT_FALSE(is_mapped(place));
}

TEST(LargeAllocation, MoreThanThereIsIsBadAlloc) {
  LargeVector<char> bytes;
  EXPECT_THROW(bytes.reserve(SIZE_MAX / 4), std::bad_alloc);
}

}  // namespace
}  // namespace ledger::bulk
