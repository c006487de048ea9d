#include "projector/bulk/entry_memory.h"

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

using record::UserContentAudio;

constexpr size_t kRows = 5000;
constexpr size_t kIdSize = 32;
constexpr const char* kPrefix = "uca_abcdef";  // of derived ids

const index::Declarations& declarations() {
  static const index::Declarations loaded = index::load_declarations();
  return loaded;
}

std::string id_of(size_t number) {
  std::string id = std::to_string(number);
  return id.append(kIdSize - id.size(), 'x');
}

// Rows of so many users, whose ids begin with `prefix`.
size_t bytes_of(size_t users, const std::string& prefix = {}) {
  EntryMemory<UserContentAudio> memory(declarations(), kPrefix);
  UserContentAudio row;
  for (size_t i = 0; i < kRows; ++i) {
    row.id = prefix + id_of(i).substr(prefix.size());
    row.user_id = id_of(i % users);
    memory.add(row);
  }
  return memory.bytes(kRows);
}

TEST(EntryMemory, NoRowsTakeNothing) {
  EXPECT_EQ(EntryMemory<UserContentAudio>(declarations(), kPrefix).bytes(0), 0U);
}

TEST(EntryMemory, EachRowTakesALineAndItsId) {
  const size_t columns = key_columns<UserContentAudio>(declarations()).size();
  const size_t least = kRows * (IndexEntries<UserContentAudio>::row_bytes(columns) + kIdSize);
  EXPECT_GE(bytes_of(1), least);
  EXPECT_LE(bytes_of(1), least + least / 4);
}

TEST(EntryMemory, DerivedIdsTakeNothing) {
  const size_t imported = bytes_of(1, "uca_zzzzzz");
  EXPECT_GE(imported, bytes_of(1, kPrefix) + kRows * kIdSize);
}

TEST(EntryMemory, TextThatManyRowsShareIsTakenOnce) {
  const size_t shared = bytes_of(1);
  EXPECT_GE(bytes_of(kRows), shared + kRows * kIdSize);
  EXPECT_LE(bytes_of(kRows / 100), shared + kRows * kIdSize / 10);
}

}  // namespace
}  // namespace ledger::bulk
