#include "projector/bulk/overflow.h"

#include <fstream>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "projector/bulk/number_table.h"
#include "schemas/base/error.h"
#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

constexpr size_t kNumbers = 10000;

// Anonymous memory of this process, in KiB.
size_t anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    size_t kib = 0;
    if (word == "RssAnon:" && status >> kib) return kib;
  }
  return 0;
}

struct LargeMemory : ::testing::Test {
  ledger::test::TempDir folder;
  Overflow overflow{1000, folder.path()};
  std::vector<uint32_t, OverflowAllocator<uint32_t>> numbers{
      OverflowAllocator<uint32_t>(&overflow)};
};

TEST_F(LargeMemory, HoldsWhatIsWrittenToItWhereverItIs) {
  for (uint32_t i = 0; i < kNumbers; ++i) numbers.push_back(i);
  for (uint32_t i = 0; i < kNumbers; ++i) ASSERT_EQ(numbers[i], i);
  auto moved = std::move(numbers);
  EXPECT_EQ(moved.back(), kNumbers - 1);
}

TEST_F(LargeMemory, FileHasNoName) {
  numbers.resize(kNumbers);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(LargeMemory, IsNoMemoryOfTheProcessBeyondItsLimit) {
  constexpr size_t kMany = size_t{1} << 24;
  const size_t before = anonymous_kib();
  numbers.resize(kMany, 1);
  EXPECT_LT(anonymous_kib() - before, kMany * sizeof(uint32_t) / 1024 / 4);
  EXPECT_EQ(std::accumulate(numbers.begin(), numbers.end(), size_t{0}), kMany);
}

TEST_F(LargeMemory, WithoutAFolderIsAnErrorThatNamesIt) {
  const Overflow nowhere{0, folder.path() / "gone"};
  const OverflowAllocator<uint32_t> allocator(&nowhere);
  try {
    std::vector<uint32_t, OverflowAllocator<uint32_t>> none(1, allocator);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUnavailable);
    EXPECT_NE(std::string(error.what()).find(nowhere.folder.string()), std::string::npos);
  }
}

TEST_F(LargeMemory, TableThatIsAFileFindsWhatOneInMemoryFinds) {
  NumberTable in_file(&overflow);
  NumberTable in_memory;
  for (uint32_t i = 0; i < kNumbers; ++i) {
    in_file.add(uint64_t{i} * 0x9E3779B9, i);
    in_memory.add(uint64_t{i} * 0x9E3779B9, i);
  }
  EXPECT_EQ(in_file.bytes(), 0U);
  EXPECT_EQ(in_file.bytes_with(kNumbers), 0U);
  EXPECT_GT(in_memory.bytes(), kNumbers * 8);
  for (uint32_t i = 0; i < 2 * kNumbers; ++i) {
    const auto is = [&](uint32_t number) { return number == i; };
    const uint64_t hash = uint64_t{i} * 0x9E3779B9;
    EXPECT_EQ(in_file.find(hash, is), in_memory.find(hash, is));
  }
}

}  // namespace
}  // namespace ledger::bulk
