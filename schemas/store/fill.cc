#include "schemas/store/fill.h"

#include <fcntl.h>

#include <map>
#include <optional>
#include <utility>

#include "schemas/base/assert.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/shard_meta_internal.h"

namespace ledger::store {

namespace {
constexpr size_t kTransactionBytesMax = size_t{8} << 20;  // far below LMDB's spill limit
constexpr size_t kPulseEvery = 4096;                      // entries

// An advice: a sync says whether it went well.
void begin_writeback(MDB_env* env) {
  int fd = -1;
  if (mdb_env_get_fd(env, &fd) == MDB_SUCCESS) sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}
}  // namespace

struct ShardFill::Impl {
  Impl(const std::filesystem::path& path, const ShardIdentity& identity)
      : environment(Environment::open(path, Access::kWriteNoSync)) {
    environment->open_databases(true, [&](Transaction& opening) {
      meta = opening.database(kMetaName, true);
      opening.put(meta, kIdentityKey, encode_identity(identity));
      for (const ViewName& name : view_names(identity.declarations)) {
        views[name.view] = {name.name, opening.database(name.name, true), {}};
      }
    });
    transaction.emplace(*environment, false);
  }

  void put(std::string_view key, std::string_view value) {
    cursor->append(key, value);
    if (++entries % kPulseEvery == 0) pulse();
    bytes += key.size() + value.size();
    if (bytes < kTransactionBytesMax) return;
    commit();
    begin_writeback(environment->get());
    transaction.emplace(*environment, false);
    cursor.emplace(*transaction, view->dbi, environment->path());
  }

  void commit() {
    cursor.reset();
    transaction->commit();
    transaction.reset();
    bytes = 0;
  }

  struct Filled {
    std::string name;
    MDB_dbi dbi = 0;
    Digest digest{};
  };

  std::shared_ptr<Environment> environment;
  MDB_dbi meta = 0;
  std::map<View, Filled> views;
  std::optional<Transaction> transaction;
  std::optional<Cursor> cursor;
  Filled* view = nullptr;
  size_t bytes = 0;  // in the transaction
  uint64_t entries = 0;
  std::function<void()> pulse = [] {};
};

ShardFill::ShardFill(const std::filesystem::path& path, const ShardIdentity& identity) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) check_lmdb(error.value(), "create", path);
  impl_ = std::make_unique<Impl>(path, identity);
}
ShardFill::~ShardFill() {
  impl_->cursor.reset();
  impl_->transaction.reset();
}

void ShardFill::set_pulse(std::function<void()> pulse) { impl_->pulse = std::move(pulse); }

uint64_t ShardFill::entries() const { return impl_->entries; }

void ShardFill::begin(View view, const Digest& digest) {
  impl_->view = &impl_->views.at(view);
  impl_->view->digest = digest;
  impl_->cursor.reset();
  impl_->cursor.emplace(*impl_->transaction, impl_->view->dbi, impl_->environment->path());
}

void ShardFill::append(std::string_view key, std::string_view value) {
  add(impl_->view->digest, entry_hash(impl_->view->name, key, value));
  impl_->put(key, value);
}

void ShardFill::copy(std::string_view key, std::string_view value) { impl_->put(key, value); }

void ShardFill::drop(std::string_view key, std::string_view value) {
  subtract(impl_->view->digest, entry_hash(impl_->view->name, key, value));
}

ShardState ShardFill::finish(ShardState state) {
  for (const auto& [view, filled] : impl_->views) state.digests[filled.name] = filled.digest;
  impl_->cursor.reset();
  impl_->transaction->put(impl_->meta, kStateKey, encode_state(state));
  impl_->commit();
  return state;
}

}  // namespace ledger::store
