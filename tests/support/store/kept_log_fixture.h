// A kept log in a directory of the test's, and its bytes behind its back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <lmdb.h>

#include "schemas/store/kept_log.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {

inline KeptEvent event(int64_t offset, int64_t timestamp_ms, std::optional<std::string_view> key,
                       std::optional<std::string_view> value) {
  return {Offset{offset}, timestamp_ms, 0, key, value, std::nullopt};
}
inline KeptEvent gap(int64_t from, int64_t to) {
  KeptEvent event;
  event.offset = Offset{from};
  event.gap_until = Offset{to};
  return event;
}

class KeptLogFixture : public testing::Test {
 protected:
  std::filesystem::path path() const { return temp_.path() / "log" / "0"; }
  void write(const std::vector<KeptEvent>& events) const {
    KeptLogWriter(path(), identity_).append(events);
  }
  // Works on the bytes of a database of the log behind its back.
  void tamper(const char* database, const std::function<void(MDB_txn*, MDB_dbi)>& change) const {
    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    MDB_dbi dbi = 0;
    ASSERT_EQ(mdb_env_create(&env), 0);
    mdb_env_set_maxdbs(env, 4);
    ASSERT_EQ(mdb_env_open(env, path().c_str(), 0, 0664), 0);
    ASSERT_EQ(mdb_txn_begin(env, nullptr, 0, &txn), 0);
    ASSERT_EQ(mdb_dbi_open(txn, database, 0, &dbi), 0);
    change(txn, dbi);
    ASSERT_EQ(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
  }
  static std::string get(MDB_txn* txn, MDB_dbi dbi, std::string key) {
    MDB_val k{key.size(), key.data()};
    MDB_val v{};
    EXPECT_EQ(mdb_get(txn, dbi, &k, &v), 0);
    return {static_cast<const char*>(v.mv_data), v.mv_size};
  }
  static void put(MDB_txn* txn, MDB_dbi dbi, std::string key, std::string value) {
    MDB_val k{key.size(), key.data()};
    MDB_val v{value.size(), value.data()};
    EXPECT_EQ(mdb_put(txn, dbi, &k, &v, 0), 0);
  }
  Fault open_fault() const {
    return fault_of([&] { KeptLogWriter(path(), identity_); });
  }

  test::TempDir temp_{test::memory_directory()};
  LogIdentity identity_ = sample_identity().log;
};

}  // namespace ledger::store
