#include "schemas/store/pages_internal.h"

#include <gtest/gtest.h>

#include "schemas/store/lmdb_internal.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"
#include "tests/unit/store/lmdb_twin.h"

namespace ledger::store {
namespace {

constexpr size_t kPageBytes = 4096;
constexpr size_t kHeadBytes = 16;
constexpr size_t kNodeBytesMax = 2038;  // of a page of 4096
constexpr size_t kNodeHeadBytes = 8;
constexpr size_t kSlotBytes = 2;
constexpr size_t kKeyBytesMax = 511;

std::string key_of(size_t number, size_t bytes) {
  std::string key = std::to_string(1'000'000 + number);
  key.resize(bytes, 'k');
  return key;
}

Entries entries_of(size_t count, size_t key_bytes, size_t value_bytes) {
  Entries entries;
  for (size_t i = 0; i < count; ++i) {
    entries[key_of(i, key_bytes)] = std::string(value_bytes, static_cast<char>('a' + i % 26));
  }
  return entries;
}

class Pages : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return temp_.path() / name; }

  void expect_as_lmdb(const Databases& databases) const {
    write_by_lmdb(path("lmdb"), databases);
    write_by_pages(path("pages"), databases);
    expect_alike(path("lmdb"), path("pages"), databases);
  }

  MDB_stat stat(const std::string& name) const {
    const auto environment = Environment::open(path("pages"), Access::kRead);
    MDB_dbi dbi = 0;
    environment->open_databases(false,
                                [&](Transaction& opening) { dbi = opening.database(name, false); });
    const Transaction transaction(*environment, true);
    MDB_stat found{};
    EXPECT_EQ(mdb_stat(transaction.get(), dbi, &found), 0);
    return found;
  }

  test::TempDir temp_{test::memory_directory()};
};

TEST_F(Pages, DatabasesWithoutEntriesAndWithOneAreAsLmdbWritesThem) {
  expect_as_lmdb({{"empty", {}},
                  {"no value", {{"k", ""}}},
                  {"one byte", {{"k", "v"}}},
                  {"longest key", {{std::string(kKeyBytesMax, 'k'), "v"}}},
                  {"nul", {{std::string(1, '\0'), std::string(3, '\0')}}}});
}

TEST_F(Pages, ValuesAtEachBorderAreAsLmdbWritesThem) {
  Databases databases;
  for (const size_t key : {7U, 8U, 17U, 510U, 511U}) {
    Entries& entries = databases["keys of " + std::to_string(key)];
    size_t number = 0;
    for (const size_t border :
         {size_t{2}, kNodeBytesMax - kNodeHeadBytes - key, kPageBytes - kHeadBytes,
          2 * kPageBytes - kHeadBytes, size_t{1} << 16, size_t{3} << 20}) {
      for (size_t bytes = border - 2; bytes <= border + 2; ++bytes) {
        entries[key_of(number, key)] = std::string(bytes, static_cast<char>('a' + number % 26));
        ++number;
      }
    }
  }
  expect_as_lmdb(databases);
}

TEST_F(Pages, NodesThatFillAPageToTheByteLeaveNoRoom) {
  Databases databases;
  for (const size_t nodes : {2U, 3U, 4U, 5U, 6U, 8U, 10U, 12U, 15U, 17U, 20U}) {
    const size_t node = (kPageBytes - kHeadBytes) / nodes - kSlotBytes;
    databases[std::to_string(nodes)] = entries_of(nodes * 30, 16, node - kNodeHeadBytes - 16);
  }
  expect_as_lmdb(databases);
  for (const auto& [name, entries] : databases) EXPECT_EQ(stat(name).ms_leaf_pages, 30U) << name;
}

// Of the longest keys seven fill a leaf, and eight a branch, whose first one is empty.
TEST_F(Pages, TreesOfEachNumberOfLeavesAreAsLmdbWritesThem) {
  constexpr size_t kTrees = 60;
  for (size_t first = 0; first < 7 * 8 * 8 + 60; first += kTrees) {
    Databases databases;
    for (size_t count = first; count < first + kTrees; ++count) {
      databases[std::to_string(count)] = entries_of(count, kKeyBytesMax, 1);
    }
    expect_as_lmdb(databases);
    std::filesystem::remove_all(path("lmdb"));
    std::filesystem::remove_all(path("pages"));
  }
}

TEST_F(Pages, DeepTreeIsReadAndChangedByLmdb) {
  Databases databases{{"deep", entries_of(30'000, kKeyBytesMax, 9)}, {"other", {{"k", "v"}}}};
  expect_as_lmdb(databases);
  EXPECT_GE(stat("deep").ms_depth, 5U);
  change(path("pages"), "deep", databases["deep"], 1, 6'000);
  change(path("pages"), "other", databases["other"], 2, 3'000);
}

TEST_F(Pages, MoreDatabasesThanFitOnePageAreFound) {
  Databases databases;
  for (size_t i = 0; i < 60; ++i) databases[key_of(i, 200)] = entries_of(i, 20, 40);
  expect_as_lmdb(databases);
}

TEST_F(Pages, NothingIsThereBeforeTheLastWrite) {
  std::filesystem::create_directories(path("pages"));
  {
    PageFile file(path("pages"));
    PageTree tree(file);
    for (const auto& [key, value] : entries_of(2'000, 16, 1'000)) tree.append(key, value);
    tree.finish();
  }
  EXPECT_EQ(fault_of([&] { stat("a"); }), Fault::kUnavailable);
}

TEST_F(Pages, KeysThatLmdbDoesNotTakeAreRefused) {
  std::filesystem::create_directories(path("pages"));
  PageFile file(path("pages"));
  PageTree tree(file);
  EXPECT_EQ(fault_of([&] { tree.append("", "v"); }), Fault::kUnavailable);
  EXPECT_EQ(fault_of([&] { tree.append(std::string(kKeyBytesMax + 1, 'k'), "v"); }),
            Fault::kUnavailable);
}

TEST_F(Pages, EnvironmentThatIsNotNewIsRefused) {
  write_by_lmdb(path("pages"), {{"a", {{"k", "v"}}}});
  EXPECT_EQ(fault_of([&] { PageFile{path("pages")}; }), Fault::kIncompatible);
  EXPECT_EQ(stat("a").ms_entries, 1U);
}

}  // namespace
}  // namespace ledger::store
