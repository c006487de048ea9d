// RAII over the LMDB C interface, for the .cc files of this folder.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <lmdb.h>

#include "schemas/store/layout.h"

namespace ledger::store {

// Both kinds of environment have this database, with the owner's identity in it.
inline constexpr const char* kMetaName = "meta";
inline constexpr const char* kIdentityKey = "identity";

enum class Access : uint8_t { kRead, kReadNoLock, kWrite, kWriteNoSync };

// Throws: Error with the fault that fits `code`; `what` says what was being done, `path` where.
void check_lmdb(int code, std::string_view what, const std::filesystem::path& path);

inline MDB_val to_val(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view to_view(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

class Transaction;

// One open environment. A process must not open the same one twice (LMDB's locks are per process),
// so open() hands the living one out again.
class Environment {
 public:
  // Throws: Error{kUnavailable} when nothing is there to read; see check_lmdb.
  static std::shared_ptr<Environment> open(const std::filesystem::path& path, Access access);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  MDB_env* get() const { return env_; }
  const std::filesystem::path& path() const { return path_; }
  // Runs `open` in one transaction that is then committed, so that a new environment has all of its
  // databases and its identity, or nothing. Handles are for transactions that begin after it.
  void open_databases(bool create, const std::function<void(Transaction&)>& open);

 private:
  Environment(std::filesystem::path path, Access access);
  static void close(Environment* environment);
  std::mutex handles_;  // held while handles are opened
  std::filesystem::path path_;
  MDB_env* env_ = nullptr;
  Access access_;
  bool writable_ = false;
};

// A transaction that is dropped unless committed.
class Transaction {
 public:
  Transaction(const Environment& environment, bool read_only);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  MDB_txn* get() const { return txn_; }
  void commit();
  void reset();  // of a read transaction: drops the snapshot
  void renew();
  bool live() const { return live_; }

  // In Environment::open_databases() only. Throws, without `create`: Error{kIntegrity} when it is
  // not there, kUnavailable when nothing is there yet.
  MDB_dbi database(const std::string& name, bool create);
  // Returns: false when the key is not there.
  bool get(MDB_dbi dbi, std::string_view key, std::string_view& value) const;
  void put(MDB_dbi dbi, std::string_view key, std::string_view value, unsigned flags = 0);
  void clear(MDB_dbi dbi);  // takes all entries out

 private:
  const Environment* environment_;
  MDB_txn* txn_ = nullptr;
  bool live_ = false;
};

// A cursor that is closed with its owner. Lifetime: of `path`.
class Cursor {
 public:
  Cursor(const Transaction& transaction, MDB_dbi dbi, const std::filesystem::path& path);
  ~Cursor();
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  // Returns: false at either end. `key` is read by MDB_SET_RANGE and set by all.
  bool move(MDB_cursor_op op, std::string_view& key, std::string_view& value);
  // The kernel may drop what it keeps of the file from one key that move() gave to another, a later
  // page's. It stays readable.
  void forget_memory(const char* from, const char* to) const;
  // Returns: false, and writes nothing, when the key is there.
  bool insert(std::string_view key, std::string_view value);
  // Of the key that it stands at.
  void replace(std::string_view key, std::string_view value);
  void erase();
  // Behind the last key (asserted).
  void append(std::string_view key, std::string_view value);

 private:
  MDB_cursor* cursor_ = nullptr;
  const std::filesystem::path* path_;
};

}  // namespace ledger::store
