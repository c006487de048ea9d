#include "schemas/store/kept_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "schemas/base/bytes.h"
#include "schemas/store/kept_reads_internal.h"

namespace ledger::store {

Offset read_end(const Transaction& transaction, MDB_dbi meta, const std::filesystem::path& path) {
  std::string_view value;
  if (!transaction.get(meta, kEndKey, value)) return Offset{0};
  if (value.size() != 8) {
    throw kept_damage(path, fmt::format("its end has {} bytes", value.size()));
  }
  const Offset end{static_cast<int64_t>(read_be64(value))};
  if (raw(end) < 0) throw kept_damage(path, fmt::format("its end is stored {}", raw(end)));
  return end;
}

ChainHash read_chain(const Transaction& transaction, MDB_dbi meta,
                     const std::filesystem::path& path) {
  std::string_view value;
  ChainHash chain{};
  if (!transaction.get(meta, kChainKey, value)) return chain;
  if (value.size() != chain.size()) {
    throw kept_damage(path, fmt::format("its chain head has {} bytes", value.size()));
  }
  std::copy(value.begin(), value.end(), chain.begin());
  return chain;
}

LogIdentity unpack_log_identity(std::string_view stored, const std::filesystem::path& path) {
  try {
    return decode_log_identity(stored, path.string());
  } catch (const Error& error) {
    if (error.fault() != Fault::kIntegrity) throw;  // its remedy is that of a shard
    throw kept_damage(path, "its identity is damaged");
  }
}

LogIdentity read_log_identity(const Transaction& transaction, MDB_dbi meta,
                              const std::filesystem::path& path) {
  std::string_view value;
  if (!transaction.get(meta, kIdentityKey, value)) {
    throw kept_damage(path, "it has no identity");
  }
  return unpack_log_identity(value, path);
}

void check_end(Offset last_end, Offset stored, const std::filesystem::path& path) {
  if (last_end == stored) return;
  throw kept_damage(path, fmt::format("its end is stored {}, but its last record ends at {}",
                                      raw(stored), raw(last_end)));
}

namespace {

LogHandles open_log(Environment& environment) {
  LogHandles handles;
  environment.open_databases(false, [&](Transaction& transaction) {
    handles.meta = transaction.database(kMetaName, false);
    handles.blocks = transaction.database(kBlocksName, false);
    handles.tail = transaction.database(kTailName, false);
  });
  return handles;
}

}  // namespace

bool has_kept_log(const std::filesystem::path& path) {
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path / "data.mdb", error);
  if (error || bytes == 0) return false;
  const auto environment = Environment::open(path, Access::kRead);
  MDB_stat databases{};
  check_lmdb(mdb_env_stat(environment->get(), &databases), "read", path);
  return databases.ms_entries > 0;
}

struct KeptLogReader::Impl {
  Impl(const std::filesystem::path& path, bool no_lock)
      : environment(Environment::open(path, no_lock ? Access::kReadNoLock : Access::kRead)),
        handles(open_log(*environment)),
        transaction(*environment, true),
        identity(read_log_identity(transaction, handles.meta, path)),
        reads(handles, environment->path()) {}

  std::shared_ptr<Environment> environment;
  LogHandles handles;
  Transaction transaction;
  LogIdentity identity;
  mutable KeptReads reads;
};

KeptLogReader::KeptLogReader(const std::filesystem::path& path, bool no_lock)
    : impl_(std::make_unique<Impl>(path, no_lock)) {}
KeptLogReader::~KeptLogReader() = default;
KeptLogReader::KeptLogReader(KeptLogReader&&) noexcept = default;

void KeptLogReader::renew() { impl_->transaction.renew(); }
void KeptLogReader::release() { impl_->transaction.reset(); }
const LogIdentity& KeptLogReader::identity() const { return impl_->identity; }
Offset KeptLogReader::end() const {
  return read_end(impl_->transaction, impl_->handles.meta, impl_->environment->path());
}
ChainHash KeptLogReader::chain_head() const {
  return read_chain(impl_->transaction, impl_->handles.meta, impl_->environment->path());
}

std::optional<KeptEvent> KeptLogReader::read(Offset offset) const {
  return impl_->reads.read(impl_->transaction, offset);
}

std::optional<KeptEvent> KeptLogReader::read_around(Offset offset) const {
  return impl_->reads.read_around(impl_->transaction, offset);
}

void KeptLogReader::scan(Offset from, Offset limit,
                         const std::function<bool(const KeptEvent&)>& visit) const {
  impl_->reads.scan(impl_->transaction, from, limit, visit);
}

Offset KeptLogReader::first_at_or_after(double time_ms) const {
  return impl_->reads.first_at_or_after(impl_->transaction, time_ms);
}

}  // namespace ledger::store
