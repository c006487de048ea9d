#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/pages_internal.h"

namespace ledger::store {

namespace {

#ifdef LEDGER_SANITIZED
constexpr size_t kMapBytes = size_t{1} << 33;  // shadow memory is a multiple of it
#else
// Addresses, not memory. A process has 2^47 of them: this is room for 128 partitions with three
// environments each (kept log, live and new views of a rebuild).
constexpr size_t kMapBytes = size_t{1} << 38;
#endif
constexpr size_t kMapBytesLeast = 4096;
constexpr unsigned kDatabasesMax = 64;
constexpr unsigned kReadersMax = 510;
// Memory of files is kept in pieces of up to so much, which go when all of it may.
constexpr uint64_t kPieceBytes = uint64_t{2} << 20;
constexpr off_t kLockFileBytes = 1 << 15;  // what LMDB makes for so many readers
constexpr mode_t kFileMode = 0664;
constexpr uint64_t kLittleSpaceBytes = 1 << 20;

struct Registry {
  std::mutex mutex;
  std::condition_variable closed;
  std::map<std::filesystem::path, std::weak_ptr<Environment>> living;  // until it is closed
};

Registry& registry() {
  static Registry instance;  // what LMDB keeps per process has to be known per process
  return instance;
}

// LMDB says EIO of a write that was cut short: by the end of the disk, or by `ulimit -f`.
bool disk_is_full(const std::filesystem::path& path) {
  struct statvfs space {};
  if (statvfs(path.c_str(), &space) == 0 && space.f_bavail * space.f_frsize < kLittleSpaceBytes) {
    return true;
  }
  rlimit limit{};
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path / "data.mdb", error);
  return !error && getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         bytes + kLittleSpaceBytes > limit.rlim_cur;
}

// LMDB syncs its file, but not the folders that name it.
void sync_folders(const std::filesystem::path& path) {
  for (const std::filesystem::path& folder : {path, path.parent_path()}) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int code = fd >= 0 && ::fsync(fd) == 0 ? MDB_SUCCESS : errno;
    if (fd >= 0) ::close(fd);
    check_lmdb(code, "make durable", folder);
  }
}

// LMDB makes lock.mdb with holes and writes to it through a mapping, which on a full disk is
// SIGBUS, of readers too. Precondition: this process has not opened the environment (LMDB's locks).
void fill_lock_file(const std::filesystem::path& path) {
  const std::filesystem::path file = path / "lock.mdb";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  const int code = fd >= 0 && ::fallocate(fd, 0, 0, kLockFileBytes) == 0 ? MDB_SUCCESS : errno;
  if (fd >= 0) ::close(fd);
  if (code == EOPNOTSUPP || code == ENOSYS) return;  // not of this file system
  check_lmdb(code, "make", file);
}

Fault fault_of(int code, const std::filesystem::path& path) {
  if (means_full(code)) return Fault::kFull;
  switch (code) {
    case MDB_MAP_FULL:
      return Fault::kFull;
    case EIO:
      return disk_is_full(path) ? Fault::kFull : Fault::kUnavailable;
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

std::string remedy_of(Fault fault, int code) {
  if (code == MDB_MAP_FULL) {
    return fmt::format(
        "its map of {} GiB is used up, which no free disk space mends; send what follows to a new "
        "ledger with more partitions, or use a release with a larger map",
        kMapBytes >> 30);
  }
  if (code == EACCES) {
    return "readers must be able to read data.mdb and to write lock.mdb, ledger-projector to write "
           "both and the folder";
  }
  if (code == EIO && fault == Fault::kUnavailable) {
    return "the disk fails or a quota is used up; see the kernel's log, then start again";
  }
  switch (fault) {
    case Fault::kFull:
      return "free disk space and start again; nothing committed is lost";
    case Fault::kIntegrity:
      return "the file is damaged; a shard is repaired by `ledger-projector rebuild`, the kept log "
             "by restoring log/ from a copy";
    case Fault::kIncompatible:
      return "it was written by another LMDB format";
    default:
      return "try again";
  }
}

// LMDB's own assertions fail where a page is not what leads to it. LMDB aborts after this, and does
// so where SIGABRT was left as it is: a core is wanted, or the signal by whoever tries a shard.
void end_on_failed_assertion(MDB_env* env, const char* message) {
  struct sigaction action {};
  if (sigaction(SIGABRT, nullptr, &action) != 0 || action.sa_handler == SIG_DFL) return;
  const char* path = "";
  mdb_env_get_path(env, &path);
  const std::string said = fmt::format("cannot read: {} ({}); {}\n", path, message,
                                       remedy_of(Fault::kIntegrity, MDB_CORRUPTED));
  std::fwrite(said.data(), 1, said.size(), stderr);
  _exit(exit_code(Fault::kIntegrity));
}

}  // namespace

void check_lmdb(int code, std::string_view what, const std::filesystem::path& path) {
  if (code == MDB_SUCCESS) return;
  const Fault fault = fault_of(code, path);
  const bool cut_short = fault == Fault::kFull && code == EIO;
  throw Error(fault, fmt::format("cannot {}: {} ({}); {}", what, path.string(),
                                 cut_short ? "a write was cut short" : mdb_strerror(code),
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
  std::shared_ptr<Environment> environment;  // before the lock, which close() takes
  std::unique_lock lock(registry().mutex);
  for (;;) {
    const auto slot = registry().living.find(name);
    if (slot == registry().living.end()) break;
    environment = slot->second.lock();
    if (environment) break;
    registry().closed.wait(lock);  // another thread is about to close it
  }
  if (!environment) {
    environment.reset(new Environment(name, access), &Environment::close);
    registry().living.emplace(name, environment);
  } else if (write && access != environment->access_) {
    throw Error(Fault::kUnavailable,
                fmt::format("cannot write: {} is open in this process, {}", name.string(),
                            environment->writable_ ? "synced otherwise" : "for reading"));
  }
  return environment;
}

void Environment::close(Environment* environment) {
  const std::lock_guard lock(registry().mutex);
  const std::filesystem::path name = environment->path_;
  delete environment;
  registry().living.erase(name);
  registry().closed.notify_all();
}

Environment::Environment(std::filesystem::path path, Access access)
    : path_(std::move(path)), access_(access) {
  writable_ = access == Access::kWrite || access == Access::kWriteNoSync;
  unsigned flags = MDB_NOTLS;
  if (!writable_) flags |= MDB_RDONLY;
  if (access == Access::kReadNoLock) flags |= MDB_NOLOCK;
  if (access == Access::kWriteNoSync) flags |= MDB_NOSYNC;
  check_lmdb(mdb_env_create(&env_), "prepare an environment", path_);
  try {
    check_lmdb(mdb_env_set_assert(env_, end_on_failed_assertion), "prepare", path_);
    check_lmdb(mdb_env_set_maxdbs(env_, kDatabasesMax), "set the number of databases", path_);
    check_lmdb(mdb_env_set_maxreaders(env_, kReadersMax), "set the number of readers", path_);
    // LMDB maps all that is there; a build reads many sealed shards, whose maps are not to grow.
    const size_t map_bytes = access == Access::kReadNoLock ? kMapBytesLeast : kMapBytes;
    check_lmdb(mdb_env_set_mapsize(env_, map_bytes), "set the map size", path_);
    if (writable_) fill_lock_file(path_);
    check_lmdb(mdb_env_open(env_, path_.c_str(), flags, kFileMode), "open", path_);
    if (access == Access::kWrite) sync_folders(path_);
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

Environment::~Environment() { mdb_env_close(env_); }

void Environment::open_databases(bool create, const std::function<void(Transaction&)>& open) {
  const std::lock_guard lock(handles_);  // LMDB: one transaction at a time opens handles
  Transaction transaction(*this, !create);
  open(transaction);
  transaction.commit();
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

MDB_dbi Transaction::database(const std::string& name, bool create) {
  MDB_dbi dbi = 0;
  const int code = mdb_dbi_open(txn_, name.c_str(), create ? MDB_CREATE : 0, &dbi);
  MDB_stat databases{};
  if (code == MDB_NOTFOUND && mdb_env_stat(environment_->get(), &databases) == MDB_SUCCESS &&
      databases.ms_entries == 0) {
    throw Error(Fault::kUnavailable,
                fmt::format("nothing to read yet: {} is being made; wait for ledger-projector",
                            environment_->path().string()));
  }
  check_lmdb(code, fmt::format("open view {}", name), environment_->path());
  return dbi;
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

void Transaction::clear(MDB_dbi dbi) {
  check_lmdb(mdb_drop(txn_, dbi, 0), "write", environment_->path());
}

Cursor::Cursor(const Transaction& transaction, MDB_dbi dbi, const std::filesystem::path& path)
    : path_(&path) {
  check_lmdb(mdb_cursor_open(transaction.get(), dbi, &cursor_), "read", path);
}

Cursor::Cursor(Cursor&& other) noexcept
    : cursor_(std::exchange(other.cursor_, nullptr)), path_(other.path_) {}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

bool Cursor::move(MDB_cursor_op op, std::string_view& key, std::string_view& value) {
  MDB_val k = to_val(key);
  MDB_val v{};
  const int code = mdb_cursor_get(cursor_, &k, &v, op);
  if (code == MDB_NOTFOUND) return false;
  check_lmdb(code, "read", *path_);
  key = to_view(k);
  value = to_view(v);
  return true;
}

// Advice alone. Pages that are mapped would stay. LMDB does not tell where in the file a place is,
// but each page does; and on a damaged page a key may seem to lie outside of the file.
void Cursor::forget_memory(const char* from, const char* to) const {
  MDB_env* const env = mdb_txn_env(mdb_cursor_txn(cursor_));
  MDB_stat stat{};
  int fd = -1;
  check_lmdb(mdb_env_stat(env, &stat), "read", *path_);
  check_lmdb(mdb_env_get_fd(env, &fd), "read", *path_);
  const auto page_of = [&](const char* place) {
    return place - reinterpret_cast<uintptr_t>(place) % stat.ms_psize;
  };
  const char* const begin = page_of(from);
  const char* const end = page_of(to);
  if (begin >= end) return;
  const auto bytes = static_cast<uint64_t>(end - begin);
  PageHeader first;
  PageHeader last;
  std::memcpy(&first, begin, sizeof first);
  std::memcpy(&last, end, sizeof last);
  const uint64_t limit = static_cast<uint64_t>(last.number) * stat.ms_psize;
  if (limit != static_cast<uint64_t>(first.number) * stat.ms_psize + bytes) return;
  madvise(const_cast<char*>(begin), bytes, MADV_DONTNEED);
  const uint64_t start = limit - std::min(bytes + kPieceBytes, limit);
  posix_fadvise(fd, static_cast<off_t>(start), static_cast<off_t>(limit - start),
                POSIX_FADV_DONTNEED);
}

bool Cursor::insert(std::string_view key, std::string_view value) {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  const int code = mdb_cursor_put(cursor_, &k, &v, MDB_NOOVERWRITE);
  if (code == MDB_KEYEXIST) return false;
  check_lmdb(code, "write", *path_);
  return true;
}

void Cursor::replace(std::string_view key, std::string_view value) {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  check_lmdb(mdb_cursor_put(cursor_, &k, &v, MDB_CURRENT), "write", *path_);
}

void Cursor::erase() { check_lmdb(mdb_cursor_del(cursor_, 0), "write", *path_); }

void Cursor::append(std::string_view key, std::string_view value) {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  const int code = mdb_cursor_put(cursor_, &k, &v, MDB_APPEND);
  LEDGER_ASSERT(code != MDB_KEYEXIST, "{} {}", path_->string(), to_hex(key));
  check_lmdb(code, "write", *path_);
}

}  // namespace ledger::store
