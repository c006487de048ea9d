#include "schemas/store/writer.h"

#include <array>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/shard_meta_internal.h"

namespace ledger::store {

namespace {

constexpr size_t kViewNumbers = 2048;

// One view in the batch.
struct Slot {
  std::string name;
  MDB_dbi dbi = 0;
  Digest digest{};
  std::optional<Cursor> cursor =
      std::nullopt;  // where it wrote last: ascending keys find their leaf at once
};

}  // namespace

struct ShardWriter::Impl {
  Impl(const std::filesystem::path& path, const ShardIdentity& identity,
       const WriterOptions& options)
      : environment(Environment::open(path, options.sync ? Access::kWrite : Access::kWriteNoSync)) {
    environment->open_databases(true,
                                [&](Transaction& transaction) { adopt(transaction, identity); });
  }

  void adopt(Transaction& transaction, const ShardIdentity& identity) {
    meta = transaction.database(kMetaName, true);
    std::string_view stored;
    if (transaction.get(meta, kIdentityKey, stored)) {
      check_identity(decode_shard_identity(stored, environment->path().native()), identity,
                     environment->path().string());
    } else {
      transaction.put(meta, kIdentityKey, encode_identity(identity));
    }
    state = read_shard_state(transaction, meta, environment->path());
    for (const ViewName& name : view_names(identity.declarations)) {
      slots.push_back({name.name, transaction.database(name.name, true), {}});
      by_view.at(static_cast<size_t>(name.view)) = static_cast<uint8_t>(slots.size());
    }
  }

  Slot& slot(View view) {
    const uint8_t number = by_view.at(static_cast<size_t>(view));
    LEDGER_ASSERT(number != 0, "view {}", static_cast<int>(view));
    return slots[number - 1U];
  }

  Transaction& batch_transaction() {
    LEDGER_ASSERT(batch.has_value(), "{}", environment->path().string());
    return *batch;
  }

  [[noreturn]] void damaged(const Slot& slot, std::string_view key, std::string_view what) const {
    throw Error(Fault::kIntegrity,
                fmt::format("shard {}: view {} {} the key {}; the views are damaged, run "
                            "`ledger-projector rebuild`",
                            environment->path().string(), slot.name, what, to_hex(key)));
  }

  Cursor& cursor(Slot& slot) {
    if (!slot.cursor) slot.cursor.emplace(batch_transaction(), slot.dbi, environment->path());
    return *slot.cursor;
  }

  // Leaves the cursor at the key. Returns: its value.
  std::string_view require(Slot& slot, std::string_view key) {
    std::string_view found = key;
    std::string_view old;
    if (!cursor(slot).move(MDB_SET_KEY, found, old)) damaged(slot, key, "lacks");
    return old;
  }

  void end_batch() {
    for (Slot& slot : slots) slot.cursor.reset();
  }

  std::shared_ptr<Environment> environment;
  MDB_dbi meta = 0;
  ShardState state;
  std::vector<Slot> slots;
  std::array<uint8_t, kViewNumbers> by_view{};  // slot + 1; 0 = no such view
  std::optional<Transaction> batch;
  bool broken = false;

  ~Impl() { end_batch(); }  // cursors go before their transaction
};

ShardWriter::ShardWriter(const std::filesystem::path& path, const ShardIdentity& identity,
                         const WriterOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) check_lmdb(error.value(), "create", path);
  impl_ = std::make_unique<Impl>(path, identity, options);
}

ShardWriter::~ShardWriter() = default;
ShardWriter::ShardWriter(ShardWriter&&) noexcept = default;

const ShardState& ShardWriter::state() const { return impl_->state; }

void ShardWriter::begin() {
  LEDGER_ASSERT(!impl_->broken && !impl_->batch, "{}", impl_->environment->path().string());
  mdb_reader_check(impl_->environment->get(), nullptr);  // readers that died pin pages
  impl_->batch.emplace(*impl_->environment, false);
  for (Slot& slot : impl_->slots) {
    const auto sum = impl_->state.digests.find(slot.name);
    slot.digest = sum == impl_->state.digests.end() ? Digest{} : sum->second;
  }
}

std::optional<std::string_view> ShardWriter::get(View view, std::string_view key) {
  std::string_view value;
  if (!impl_->batch_transaction().get(impl_->slot(view).dbi, key, value)) return std::nullopt;
  return value;
}

bool ShardWriter::seek(View view, std::string_view key, std::string_view& found_key,
                       std::string_view& value) {
  Cursor cursor(impl_->batch_transaction(), impl_->slot(view).dbi, impl_->environment->path());
  found_key = key;
  return cursor.move(key.empty() ? MDB_FIRST : MDB_SET_RANGE, found_key, value);
}

void ShardWriter::insert(View view, std::string_view key, std::string_view value) {
  Slot& slot = impl_->slot(view);
  if (!impl_->cursor(slot).insert(key, value)) impl_->damaged(slot, key, "already has");
  add(slot.digest, entry_hash(slot.name, key, value));
}

void ShardWriter::update(View view, std::string_view key, std::string_view value) {
  Slot& slot = impl_->slot(view);
  subtract(slot.digest, entry_hash(slot.name, key, impl_->require(slot, key)));
  add(slot.digest, entry_hash(slot.name, key, value));
  impl_->cursor(slot).replace(key, value);
}

void ShardWriter::erase(View view, std::string_view key) {
  Slot& slot = impl_->slot(view);
  subtract(slot.digest, entry_hash(slot.name, key, impl_->require(slot, key)));
  impl_->cursor(slot).erase();
}

void ShardWriter::commit(ShardState state) {
  for (const Slot& slot : impl_->slots) state.digests[slot.name] = slot.digest;
  impl_->broken = true;  // until all of it is done
  impl_->batch_transaction().put(impl_->meta, kStateKey, encode_state(state));
  impl_->end_batch();
  impl_->batch->commit();
  impl_->batch.reset();
  impl_->state = std::move(state);
  impl_->broken = false;
}

void ShardWriter::abort() {
  impl_->end_batch();
  impl_->batch.reset();
}

void ShardWriter::sync() {
  check_lmdb(mdb_env_sync(impl_->environment->get(), 1), "make durable",
             impl_->environment->path());
}

}  // namespace ledger::store
