#include "projector/bulk/large_memory.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/maps.h"

namespace ledger::bulk {
namespace {

constexpr size_t kLargeCount = kLargeBytes / sizeof(uint64_t);

std::string flags_of(const void* place) { return test::of_map(place, "VmFlags:"); }
bool is_mapped(const void* place) { return !flags_of(place).empty(); }

TEST(LargeAllocation, ListKeepsWhatItHasWhileItGrowsBeyondTheLimit) {
  LargeVector<uint64_t> numbers;
  for (uint64_t i = 0; i < 2 * kLargeCount; ++i) numbers.push_back(i);
  for (uint64_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
}

TEST(LargeAllocation, AsksForHugePagesFromTheLimitOn) {
  const bool has_huge_pages = std::filesystem::exists("/sys/kernel/mm/transparent_hugepage");
  const LargeVector<uint64_t> small(kLargeCount - 1);
  const LargeVector<uint64_t> large(kLargeCount);
  EXPECT_EQ(flags_of(small.data()).find(" hg "), std::string::npos) << flags_of(small.data());
  EXPECT_EQ(flags_of(large.data()).find(" hg ") != std::string::npos, has_huge_pages)
      << flags_of(large.data());
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
