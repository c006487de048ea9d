#include "schemas/store/reader.h"

#include <sys/stat.h>

#include <unordered_map>

#include <fmt/format.h>
#include <lz4.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/shard_meta_internal.h"

namespace ledger::store {

namespace {
constexpr ptrdiff_t kLeaveBytes = ptrdiff_t{8} << 20;  // at once
}  // namespace

struct ViewCursor::Impl {
  Cursor cursor;
  bool valid = false;
  std::string_view key;
  std::string_view value;
  const char* left = nullptr;  // what is before is not needed

  bool move(MDB_cursor_op op) { return valid = cursor.move(op, key, value); }
};

ViewCursor::ViewCursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ViewCursor::~ViewCursor() = default;
ViewCursor::ViewCursor(ViewCursor&&) noexcept = default;
ViewCursor& ViewCursor::operator=(ViewCursor&&) noexcept = default;

bool ViewCursor::seek(std::string_view key) {
  if (key.empty()) return first();  // LMDB refuses an empty key
  impl_->key = key;
  return impl_->move(MDB_SET_RANGE);
}

bool ViewCursor::seek_before(std::string_view key) { return seek(key) ? prev() : last(); }
bool ViewCursor::first() {
  if (!impl_->move(MDB_FIRST)) return false;
  impl_->left = impl_->key.data();
  return true;
}
bool ViewCursor::last() { return impl_->move(MDB_LAST); }
bool ViewCursor::next() { return impl_->move(MDB_NEXT); }
bool ViewCursor::prev() { return impl_->move(MDB_PREV); }

// Pages of a view lie in key order (large values before the key that has them), and between its
// first and its last one there are no others'.
void ViewCursor::leave_behind() {
  LEDGER_ASSERT(impl_->valid && impl_->left != nullptr, "cursor");
  const char* const here = impl_->key.data();
  if (here - impl_->left < kLeaveBytes) return;
  impl_->cursor.forget_memory(impl_->left, here);
  impl_->left = here;
}

bool ViewCursor::valid() const { return impl_->valid; }

std::string_view ViewCursor::key() const {
  LEDGER_ASSERT(impl_->valid, "cursor");
  return impl_->key;
}

std::string_view ViewCursor::value() const {
  LEDGER_ASSERT(impl_->valid, "cursor");
  return impl_->value;
}

namespace {

struct ShardHandles {
  ShardIdentity identity;
  MDB_dbi meta = 0;
  std::unordered_map<View, MDB_dbi> views;
};

ShardHandles open_shard(Environment& environment) {
  ShardHandles handles;
  environment.open_databases(false, [&](Transaction& transaction) {
    handles.meta = transaction.database(kMetaName, false);
    handles.identity = read_shard_identity(transaction, handles.meta, environment.path());
    for (const ViewName& name : view_names(handles.identity.declarations)) {
      handles.views.emplace(name.view, transaction.database(name.name, false));
    }
  });
  return handles;
}

}  // namespace

struct ShardReader::Impl {
  Impl(const std::filesystem::path& path, bool no_lock)
      : environment(Environment::open(path, no_lock ? Access::kReadNoLock : Access::kRead)),
        handles(open_shard(*environment)),
        transaction(*environment, true),
        state(read_shard_state(transaction, handles.meta, environment->path())) {}

  MDB_dbi database(View view) const {
    const auto found = handles.views.find(view);
    LEDGER_ASSERT(found != handles.views.end(), "view {}", static_cast<int>(view));
    return found->second;
  }

  MDB_stat stat(View view) const {
    MDB_stat found{};
    check_lmdb(mdb_stat(transaction.get(), database(view), &found), "read", environment->path());
    return found;
  }

  std::shared_ptr<Environment> environment;
  ShardHandles handles;
  Transaction transaction;
  ShardState state;
};

ShardReader::ShardReader(const std::filesystem::path& path, bool no_lock)
    : impl_(std::make_unique<Impl>(path, no_lock)) {}
ShardReader::~ShardReader() = default;
ShardReader::ShardReader(ShardReader&&) noexcept = default;

void ShardReader::renew() {
  impl_->transaction.renew();
  impl_->state =
      read_shard_state(impl_->transaction, impl_->handles.meta, impl_->environment->path());
}

void ShardReader::release() { impl_->transaction.reset(); }
const ShardIdentity& ShardReader::identity() const { return impl_->handles.identity; }
const ShardState& ShardReader::state() const { return impl_->state; }

std::optional<std::string_view> ShardReader::get(View view, std::string_view key) const {
  std::string_view value;
  if (!impl_->transaction.get(impl_->database(view), key, value)) return std::nullopt;
  return value;
}

ViewCursor ShardReader::cursor(View view) const {
  return ViewCursor(std::make_unique<ViewCursor::Impl>(ViewCursor::Impl{
      Cursor(impl_->transaction, impl_->database(view), impl_->environment->path()),
      false,
      {},
      {}}));
}

uint64_t ShardReader::entries(View view) const { return impl_->stat(view).ms_entries; }
uint64_t ShardReader::leaves(View view) const { return impl_->stat(view).ms_leaf_pages; }

uint64_t ShardReader::file_bytes() const {
  struct stat info {};
  const std::filesystem::path file = impl_->environment->path() / "data.mdb";
  return stat(file.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_blocks) * 512 : 0;
}

template <typename Record>
Stored<Record> read_row(const ShardReader& shard, Rid rid) {
  const auto value = shard.get(rows_of(record::table_of<Record>()), rid_key(rid));
  if (!value) {
    throw Error(Fault::kIntegrity,
                fmt::format("views: an index of {} names row {}, which is not there; run "
                            "`ledger-projector rebuild`",
                            record::table_name(record::table_of<Record>()), raw(rid)));
  }
  return decode_row<Record>(rid, *value);
}

template <typename Record>
std::optional<Stored<Record>> read_row_at(const ShardReader& shard, Rid rid, Offset position) {
  const auto value = shard.get(rows_of(record::table_of<Record>()), rid_key(rid));
  if (value && split_row(rid, *value).from < position) return decode_row<Record>(rid, *value);
  ViewCursor versions = shard.cursor(View::kVersions);
  if (!versions.seek_before(version_key(rid, position))) return std::nullopt;
  const VersionKey key = decode_version_key(versions.key());
  if (key.rid != rid || versions.value().empty()) return std::nullopt;
  Stored<Record> stored{rid, key.from, {}};
  decode_image(versions.value(), rid, stored.row);
  return stored;
}

template Stored<record::ContentAudio> read_row(const ShardReader&, Rid);
template Stored<record::UserContentAudio> read_row(const ShardReader&, Rid);
template std::optional<Stored<record::ContentAudio>> read_row_at(const ShardReader&, Rid, Offset);
template std::optional<Stored<record::UserContentAudio>> read_row_at(const ShardReader&, Rid,
                                                                     Offset);

std::string lmdb_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  mdb_version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

std::string lz4_version() { return LZ4_versionString(); }

}  // namespace ledger::store
