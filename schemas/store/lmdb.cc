#include <sys/statvfs.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/store/lmdb_internal.h"

namespace ledger::store {

namespace {

#ifdef LEDGER_SANITIZED
constexpr size_t kMapBytes = size_t{1} << 33;  // shadow memory is a multiple of it
#else
constexpr size_t kMapBytes = size_t{1} << 40;
#endif
constexpr unsigned kDatabasesMax = 64;
constexpr unsigned kReadersMax = 510;
constexpr uint64_t kLittleSpaceBytes = 1 << 20;

struct Registry {
  std::mutex mutex;
  std::map<std::filesystem::path, std::weak_ptr<Environment>> living;
};

Registry& registry() {
  static Registry instance;  // what LMDB keeps per process has to be known per process
  return instance;
}

bool disk_is_full(const std::filesystem::path& path) {
  struct statvfs space {};
  return statvfs(path.c_str(), &space) == 0 && space.f_bavail * space.f_frsize < kLittleSpaceBytes;
}

Fault fault_of(int code, const std::filesystem::path& path) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case MDB_MAP_FULL:
      return Fault::kFull;
    case EIO:
      return disk_is_full(path) ? Fault::kFull : Fault::kIntegrity;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
    case MDB_INVALID:
    case MDB_BAD_TXN:
    case MDB_NOTFOUND:
      return Fault::kIntegrity;
    case MDB_VERSION_MISMATCH:
      return Fault::kIncompatible;
    default:
      return Fault::kUnavailable;
  }
}

std::string_view remedy_of(Fault fault, int code) {
  if (code == EACCES)
    return "readers need write permission on lock.mdb and read permission on data.mdb";
  switch (fault) {
    case Fault::kFull:
      return "free disk space and start again; nothing committed is lost";
    case Fault::kIntegrity:
      return "the file is damaged; run `ledger-projector rebuild`";
    case Fault::kIncompatible:
      return "it was written by another LMDB format";
    default:
      return "try again";
  }
}

}  // namespace

void check_lmdb(int code, std::string_view what, const std::filesystem::path& path) {
  if (code == MDB_SUCCESS) return;
  const Fault fault = fault_of(code, path);
  throw Error(fault, fmt::format("cannot {}: {} ({}); {}", what, path.string(), mdb_strerror(code),
                                 remedy_of(fault, code)));
}

std::shared_ptr<Environment> Environment::open(const std::filesystem::path& path, Access access) {
  const bool write = access == Access::kWrite || access == Access::kWriteNoSync;
  std::error_code ignored;
  if (!write && !std::filesystem::exists(path / "data.mdb", ignored)) {
    throw Error(
        Fault::kUnavailable,
        fmt::format("nothing to read yet: {} is not there (or not visible to this user); has "
                    "`ledger-projector run` been started on this --views directory?",
                    (path / "data.mdb").string()));
  }
  const std::filesystem::path name = std::filesystem::weakly_canonical(path);
  const std::lock_guard lock(registry().mutex);
  std::weak_ptr<Environment>& slot = registry().living[name];
  if (auto living = slot.lock()) {
    if (write && !living->writable()) {
      throw Error(
          Fault::kUnavailable,
          fmt::format("cannot write: {} is open for reading in this process", name.string()));
    }
    return living;
  }
  std::shared_ptr<Environment> opened(new Environment(name, access));
  slot = opened;
  return opened;
}

Environment::Environment(std::filesystem::path path, Access access) : path_(std::move(path)) {
  writable_ = access == Access::kWrite || access == Access::kWriteNoSync;
  unsigned flags = MDB_NOTLS;
  if (!writable_) flags |= MDB_RDONLY;
  if (access == Access::kReadNoLock) flags |= MDB_NOLOCK;
  if (access == Access::kWriteNoSync) flags |= MDB_NOSYNC;
  check_lmdb(mdb_env_create(&env_), "prepare an environment", path_);
  try {
    check_lmdb(mdb_env_set_maxdbs(env_, kDatabasesMax), "set the number of databases", path_);
    check_lmdb(mdb_env_set_maxreaders(env_, kReadersMax), "set the number of readers", path_);
    check_lmdb(mdb_env_set_mapsize(env_, kMapBytes), "set the map size", path_);
    check_lmdb(mdb_env_open(env_, path_.c_str(), flags, 0664), "open", path_);
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

Environment::~Environment() { mdb_env_close(env_); }

MDB_dbi Environment::database(const std::string& name, bool create) {
  const std::lock_guard lock(registry().mutex);
  Transaction transaction(*this, !create);
  MDB_dbi dbi = 0;
  check_lmdb(mdb_dbi_open(transaction.get(), name.c_str(), create ? MDB_CREATE : 0, &dbi),
             fmt::format("open view {}", name), path_);
  transaction.commit();
  return dbi;
}

Transaction::Transaction(const Environment& environment, bool read_only)
    : environment_(&environment) {
  check_lmdb(mdb_txn_begin(environment.get(), nullptr, read_only ? MDB_RDONLY : 0, &txn_),
             read_only ? "read" : "begin a batch", environment.path());
  live_ = true;
}

Transaction::Transaction(Transaction&& other) noexcept
    : environment_(other.environment_),
      txn_(std::exchange(other.txn_, nullptr)),
      live_(other.live_) {}

Transaction::~Transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void Transaction::commit() {
  live_ = false;
  check_lmdb(mdb_txn_commit(std::exchange(txn_, nullptr)), "commit", environment_->path());
}

void Transaction::reset() {
  if (live_) mdb_txn_reset(txn_);
  live_ = false;
}

void Transaction::renew() {
  reset();
  check_lmdb(mdb_txn_renew(txn_), "read", environment_->path());
  live_ = true;
}

bool Transaction::get(MDB_dbi dbi, std::string_view key, std::string_view& value) const {
  MDB_val k = to_val(key);
  MDB_val v{};
  const int code = mdb_get(txn_, dbi, &k, &v);
  if (code == MDB_NOTFOUND) return false;
  check_lmdb(code, "read", environment_->path());
  value = to_view(v);
  return true;
}

void Transaction::put(MDB_dbi dbi, std::string_view key, std::string_view value, unsigned flags) {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  check_lmdb(mdb_put(txn_, dbi, &k, &v, flags), "write", environment_->path());
}

Cursor::Cursor(const Transaction& transaction, MDB_dbi dbi, const std::filesystem::path& path)
    : path_(path) {
  check_lmdb(mdb_cursor_open(transaction.get(), dbi, &cursor_), "read", path_);
}

Cursor::Cursor(Cursor&& other) noexcept
    : cursor_(std::exchange(other.cursor_, nullptr)), path_(std::move(other.path_)) {}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

bool Cursor::move(MDB_cursor_op op, std::string_view& key, std::string_view& value) {
  MDB_val k = to_val(key);
  MDB_val v{};
  const int code = mdb_cursor_get(cursor_, &k, &v, op);
  if (code == MDB_NOTFOUND) return false;
  check_lmdb(code, "read", path_);
  key = to_view(k);
  value = to_view(v);
  return true;
}

}  // namespace ledger::store
