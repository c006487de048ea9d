#include "tests/unit/store/lmdb_twin.h"

#include <gtest/gtest.h>

#include <random>

#include "schemas/store/lmdb_internal.h"
#include "schemas/store/pages_internal.h"

namespace ledger::store {

namespace {

constexpr MDB_dbi kFreeList = 0;
constexpr MDB_dbi kMain = 1;
constexpr uint64_t kMetaPages = 2;
constexpr int kChangesPerTransaction = 300;

std::map<std::string, MDB_dbi> open_all(Environment& environment, const Databases& databases,
                                        bool create) {
  std::map<std::string, MDB_dbi> opened;
  environment.open_databases(create, [&](Transaction& transaction) {
    for (const auto& [name, entries] : databases) {
      opened[name] = transaction.database(name, create);
    }
  });
  return opened;
}

MDB_stat stat_of(const Transaction& transaction, MDB_dbi dbi) {
  MDB_stat stat{};
  EXPECT_EQ(mdb_stat(transaction.get(), dbi, &stat), 0);
  return stat;
}

unsigned flags_of(const Transaction& transaction, MDB_dbi dbi) {
  unsigned flags = 0;
  EXPECT_EQ(mdb_dbi_flags(transaction.get(), dbi, &flags), 0);
  return flags;
}

uint64_t pages_of(const MDB_stat& stat) {
  return stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
}

void expect_not_larger(const MDB_stat& pages, const MDB_stat& lmdb) {
  EXPECT_EQ(pages.ms_entries, lmdb.ms_entries);
  EXPECT_LE(pages.ms_leaf_pages, lmdb.ms_leaf_pages);
  EXPECT_EQ(pages.ms_overflow_pages, lmdb.ms_overflow_pages);
  EXPECT_LE(pages.ms_branch_pages, lmdb.ms_branch_pages);
  EXPECT_LE(pages.ms_depth, lmdb.ms_depth);
  EXPECT_EQ(pages.ms_psize, lmdb.ms_psize);
}

// From one end to the other.
template <typename Iterator>
void expect_walk(Cursor& cursor, Iterator next, Iterator end, MDB_cursor_op first,
                 MDB_cursor_op step) {
  std::string_view key;
  std::string_view value;
  bool found = cursor.move(first, key, value);
  for (; found && next != end; ++next, found = cursor.move(step, key, value)) {
    ASSERT_EQ(key, next->first);
    ASSERT_EQ(value, next->second);
  }
  ASSERT_FALSE(found);
  ASSERT_TRUE(next == end);
}

void expect_entries(const Transaction& transaction, MDB_dbi dbi, const Entries& entries) {
  const std::filesystem::path nowhere;
  Cursor cursor(transaction, dbi, nowhere);
  expect_walk(cursor, entries.begin(), entries.end(), MDB_FIRST, MDB_NEXT);
  expect_walk(cursor, entries.rbegin(), entries.rend(), MDB_LAST, MDB_PREV);
  for (const auto& [key, value] : entries) {
    std::string_view found;
    ASSERT_TRUE(transaction.get(dbi, key, found));
    ASSERT_EQ(found, value);
  }
}

// LMDB's compacting copy walks all trees, and ends with an error where that finds another number of
// pages than the file has.
void expect_compact_copy(const Environment& environment) {
  const std::filesystem::path copy = environment.path().string() + ".copy";
  std::filesystem::create_directory(copy);
  EXPECT_EQ(mdb_env_copy2(environment.get(), copy.c_str(), MDB_CP_COMPACT), 0);
  EXPECT_EQ(file_size(copy / "data.mdb"), file_size(environment.path() / "data.mdb"));
  std::filesystem::remove_all(copy);
}

void expect_no_page_lost(const Environment& environment, const Transaction& transaction,
                         uint64_t used) {
  MDB_envinfo info{};
  ASSERT_EQ(mdb_env_info(environment.get(), &info), 0);
  EXPECT_EQ(info.me_last_txnid, 1U);
  EXPECT_EQ(info.me_last_pgno + 1, kMetaPages + used);
  const MDB_stat free_list = stat_of(transaction, kFreeList);
  EXPECT_EQ(free_list.ms_entries + free_list.ms_depth + pages_of(free_list), 0U);
  EXPECT_EQ(file_size(environment.path() / "data.mdb"),
            (info.me_last_pgno + 1) * free_list.ms_psize);
}

std::string some_bytes(std::mt19937_64& random, size_t bytes) {
  std::string text(bytes, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

// A key that is there, about as often as one that is not.
std::string some_key(std::mt19937_64& random, const Entries& entries) {
  std::string key = some_bytes(random, 1 + random() % 60);
  if (random() % 2 == 0) return key;
  const auto found = entries.lower_bound(key);
  return found == entries.end() ? key : found->first;
}

void change_one(const Transaction& transaction, MDB_dbi dbi, Entries& entries,
                std::mt19937_64& random) {
  const std::string key = some_key(random, entries);
  MDB_val k = to_val(key);
  if (random() % 5 < 2) {
    ASSERT_EQ(mdb_del(transaction.get(), dbi, &k, nullptr),
              entries.erase(key) == 1 ? 0 : MDB_NOTFOUND);
    return;
  }
  const size_t bytes = random() % 50 == 0 ? random() % 20'000 : random() % 200;
  std::string& value = entries[key] = some_bytes(random, bytes);
  MDB_val v = to_val(value);
  ASSERT_EQ(mdb_put(transaction.get(), dbi, &k, &v, 0), 0);
}

}  // namespace

void write_by_lmdb(const std::filesystem::path& path, const Databases& databases) {
  std::filesystem::create_directories(path);
  const auto environment = Environment::open(path, Access::kWriteNoSync);
  const auto opened = open_all(*environment, databases, true);
  Transaction transaction(*environment, false);
  for (const auto& [name, entries] : databases) {
    Cursor cursor(transaction, opened.at(name), path);
    for (const auto& [key, value] : entries) cursor.append(key, value);
  }
  transaction.commit();
}

void write_by_pages(const std::filesystem::path& path, const Databases& databases) {
  std::filesystem::create_directories(path);
  PageFile file(path);
  std::map<std::string, TreeRecord> trees;
  for (const auto& [name, entries] : databases) {
    PageTree tree(file);
    for (const auto& [key, value] : entries) tree.append(key, value);
    trees[name] = tree.finish();
  }
  write_databases(trees, file);
}

void expect_alike(const std::filesystem::path& by_lmdb, const std::filesystem::path& by_pages,
                  const Databases& databases) {
  const auto lmdb = Environment::open(by_lmdb, Access::kWriteNoSync);
  const auto pages = Environment::open(by_pages, Access::kWriteNoSync);
  const auto of_lmdb = open_all(*lmdb, databases, false);
  const auto of_pages = open_all(*pages, databases, false);
  const Transaction in_lmdb(*lmdb, true);
  const Transaction in_pages(*pages, true);
  expect_not_larger(stat_of(in_pages, kMain), stat_of(in_lmdb, kMain));
  uint64_t used = pages_of(stat_of(in_pages, kMain));
  for (const auto& [name, entries] : databases) {
    SCOPED_TRACE(name);
    const MDB_stat stat = stat_of(in_pages, of_pages.at(name));
    expect_not_larger(stat, stat_of(in_lmdb, of_lmdb.at(name)));
    EXPECT_EQ(stat.ms_leaf_pages, stat_of(in_lmdb, of_lmdb.at(name)).ms_leaf_pages);
    EXPECT_EQ(flags_of(in_pages, of_pages.at(name)), flags_of(in_lmdb, of_lmdb.at(name)));
    expect_entries(in_pages, of_pages.at(name), entries);
    used += pages_of(stat);
  }
  expect_no_page_lost(*pages, in_pages, used);
  expect_compact_copy(*pages);
}

void change(const std::filesystem::path& path, const std::string& name, Entries& entries,
            uint64_t seed, int count) {
  const auto environment = Environment::open(path, Access::kWriteNoSync);
  const MDB_dbi dbi = open_all(*environment, {{name, {}}}, false).at(name);
  std::mt19937_64 random(seed);
  while (count > 0) {
    Transaction transaction(*environment, false);
    for (int i = 0; i < kChangesPerTransaction && count > 0; ++i, --count) {
      change_one(transaction, dbi, entries, random);
    }
    transaction.commit();
  }
  const Transaction transaction(*environment, true);
  EXPECT_EQ(stat_of(transaction, dbi).ms_entries, entries.size());
  expect_entries(transaction, dbi, entries);
}

}  // namespace ledger::store
