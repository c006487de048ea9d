#include "projector/bulk/overflow.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "projector/bulk/number_table.h"
#include "schemas/base/error.h"
#include "tests/support/process.h"

namespace ledger::bulk {
namespace {

constexpr size_t kNumbers = 10000;

// What the mapping that holds it is of, as the kernel names it; "" when it is of no file.
std::string file_of(const void* place) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream parts(line);
    uintptr_t from = 0;
    uintptr_t to = 0;
    parts >> std::hex >> from;
    parts.ignore(1);
    parts >> to;
    const auto at = reinterpret_cast<uintptr_t>(place);
    if (at < from || at >= to) continue;
    const size_t path = line.find('/');
    return path == std::string::npos ? std::string() : line.substr(path);
  }
  return {};
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

TEST_F(LargeMemory, IsAFileOfTheFolderBeyondItsLimitAlone) {
  numbers.reserve(overflow.memory_max / sizeof(uint32_t));
  EXPECT_EQ(file_of(numbers.data()), "");
  numbers.resize(kNumbers);
  EXPECT_TRUE(file_of(numbers.data()).starts_with(folder.path().string()))
      << file_of(numbers.data());
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
