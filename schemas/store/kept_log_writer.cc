#include <algorithm>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/kept_log_internal.h"

namespace ledger::store {

struct KeptLogWriter::Impl {
  explicit Impl(const std::filesystem::path& path)
      : environment(Environment::open(path, Access::kWrite)) {}

  // Takes end, chain head and running maximum from the records there are.
  void resume(const Transaction& transaction) {
    end = read_end(transaction, meta);
    chain = read_chain(transaction, meta, environment->path());
    Cursor cursor(transaction, events, environment->path());
    std::string_view key;
    std::string_view value;
    Offset behind_last{0};
    if (cursor.move(MDB_LAST, key, value)) {
      const KeptEvent last = decode_kept(key, value, environment->path());
      log_time_ms = last.log_time_ms;
      behind_last = end_of(last);
    }
    if (behind_last == end) return;
    throw Error(Fault::kIntegrity,
                fmt::format("kept log {}: its end is stored {}, but its last record ends at {}; "
                            "restore log/ from a copy",
                            environment->path().string(), raw(end), raw(behind_last)));
  }

  void adopt(Transaction& transaction, const LogIdentity& identity) {
    meta = transaction.database(kMetaName, true);
    events = transaction.database(kEventsName, true);
    std::string_view stored;
    if (transaction.get(meta, kIdentityKey, stored)) {
      check_identity(decode_log_identity(stored), identity, environment->path().string());
    } else {
      transaction.put(meta, kIdentityKey, encode_identity(identity));
    }
    resume(transaction);
  }

  // A snapshot for reads between batches.
  const Transaction& snapshot() const {
    if (!read) {
      read.emplace(*environment, true);
    } else if (!read->live()) {
      read->renew();
    }
    return *read;
  }

  std::shared_ptr<Environment> environment;
  MDB_dbi events = 0;
  MDB_dbi meta = 0;
  Offset end{};
  ChainHash chain{};
  int64_t log_time_ms = -1;
  bool broken = false;
  std::string record;
  mutable std::optional<Transaction> read;
};

KeptLogWriter::KeptLogWriter(const std::filesystem::path& path, const LogIdentity& identity) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) check_lmdb(error.value(), "create", path);
  impl_ = std::make_unique<Impl>(path);
  impl_->environment->open_databases(
      true, [&](Transaction& transaction) { impl_->adopt(transaction, identity); });
}

KeptLogWriter::~KeptLogWriter() = default;
KeptLogWriter::KeptLogWriter(KeptLogWriter&&) noexcept = default;

Offset KeptLogWriter::end() const { return impl_->end; }
ChainHash KeptLogWriter::chain_head() const { return impl_->chain; }

std::optional<KeptEvent> KeptLogWriter::read(Offset offset) const {
  return read_kept(impl_->snapshot(), impl_->events, offset, impl_->environment->path());
}

void KeptLogWriter::scan(Offset from, Offset limit,
                         const std::function<bool(const KeptEvent&)>& visit) const {
  scan_kept(impl_->snapshot(), impl_->events, from, limit, impl_->environment->path(), visit);
}

void KeptLogWriter::append(std::span<const KeptEvent> events) {
  LEDGER_ASSERT(!impl_->broken, "{}", impl_->environment->path().string());
  if (events.empty()) return;
  impl_->broken = true;  // until all of it is done
  if (impl_->read) impl_->read->reset();
  mdb_reader_check(impl_->environment->get(), nullptr);
  Transaction transaction(*impl_->environment, false);
  Offset end = impl_->end;
  int64_t log_time_ms = impl_->log_time_ms;
  ChainHash chain = impl_->chain;
  std::string key;
  for (const KeptEvent& event : events) {
    LEDGER_ASSERT(event.offset == end, "{} {}", raw(event.offset), raw(end));
    LEDGER_ASSERT(end_of(event) > end, "gap [{}, {})", raw(end), raw(end_of(event)));
    if (!event.gap_until) log_time_ms = std::max(log_time_ms, event.timestamp_ms);
    chain = chain_next(chain, event);
    impl_->record.clear();
    encode_kept(event, log_time_ms, impl_->record);
    key.clear();
    append_be64(key, static_cast<uint64_t>(raw(event.offset)));
    transaction.put(impl_->events, key, impl_->record, MDB_APPEND);
    end = end_of(event);
  }
  key.clear();
  append_be64(key, static_cast<uint64_t>(raw(end)));
  transaction.put(impl_->meta, kEndKey, key);
  transaction.put(impl_->meta, kChainKey,
                  {reinterpret_cast<const char*>(chain.data()), chain.size()});
  transaction.commit();
  impl_->end = end;
  impl_->chain = chain;
  impl_->log_time_ms = log_time_ms;
  impl_->broken = false;
}

}  // namespace ledger::store
