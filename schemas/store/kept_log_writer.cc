#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/kept_reads_internal.h"

namespace ledger::store {

namespace {

// Where the log stands: what the next record goes on from.
struct Head {
  Offset end{};
  ChainHash chain{};
  int64_t log_time_ms = -1;
};

}  // namespace

struct KeptLogWriter::Impl {
  explicit Impl(const std::filesystem::path& path)
      : environment(Environment::open(path, Access::kWrite)) {}

  // Takes end, chain head and running maximum from the records there are, and those of the tail.
  void resume(const Transaction& transaction) {
    reads.emplace(handles, environment->path());
    head.end = read_end(transaction, handles.meta, environment->path());
    head.chain = read_chain(transaction, handles.meta, environment->path());
    const auto last = reads->last_block(transaction);
    if (last) {
      check_frames(*last, environment->path());
      head.log_time_ms = last->log_time_ms;
    }
    encoder.go_on_from(head.log_time_ms);
    const auto tail_end =
        reads->scan_tail(transaction, last ? last->end : Offset{0}, [&](const KeptEvent& event) {
          head.log_time_ms = event.log_time_ms;
          encoder.add(event, head.log_time_ms);
          has_tail = true;
          return true;
        });
    check_end(*tail_end, head.end, environment->path());
  }

  void adopt(Transaction& transaction, const LogIdentity& identity) {
    handles.meta = transaction.database(kMetaName, true);
    handles.blocks = transaction.database(kBlocksName, true);
    handles.tail = transaction.database(kTailName, true);
    std::string_view stored;
    if (transaction.get(handles.meta, kIdentityKey, stored)) {
      check_identity(unpack_log_identity(stored, environment->path()), identity,
                     environment->path().string());
    } else {
      transaction.put(handles.meta, kIdentityKey, encode_identity(identity));
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

  Head put(Transaction& transaction, std::span<const KeptEvent> events);
  void put_tail(Transaction& transaction, std::span<const KeptEvent> events, int64_t log_time);

  std::shared_ptr<Environment> environment;
  LogHandles handles;
  Head head;              // committed
  BlockEncoder encoder;   // has the tail's records
  bool has_tail = false;  // on disk
  bool broken = false;
  std::string record;
  mutable std::optional<Transaction> read;
  mutable std::optional<KeptReads> reads;
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

Offset KeptLogWriter::end() const { return impl_->head.end; }
ChainHash KeptLogWriter::chain_head() const { return impl_->head.chain; }

std::optional<KeptEvent> KeptLogWriter::read(Offset offset) const {
  return impl_->reads->read(impl_->snapshot(), offset);
}

void KeptLogWriter::scan(Offset from, Offset limit,
                         const std::function<bool(const KeptEvent&)>& visit) const {
  impl_->reads->scan(impl_->snapshot(), from, limit, visit);
}

void KeptLogWriter::append(std::span<const KeptEvent> events) {
  LEDGER_ASSERT(!impl_->broken, "{}", impl_->environment->path().string());
  if (events.empty()) return;
  impl_->broken = true;  // until all of it is done
  if (impl_->read) impl_->read->reset();
  mdb_reader_check(impl_->environment->get(), nullptr);
  Transaction transaction(*impl_->environment, false);
  const Head head = impl_->put(transaction, events);
  transaction.put(impl_->handles.meta, kEndKey, offset_key(head.end));
  transaction.put(impl_->handles.meta, kChainKey,
                  {reinterpret_cast<const char*>(head.chain.data()), head.chain.size()});
  transaction.commit();
  impl_->head = head;
  impl_->broken = false;
}

// A block that gets full takes the tail with it; what is left of the batch is the new tail.
Head KeptLogWriter::Impl::put(Transaction& transaction, std::span<const KeptEvent> events) {
  Head now = head;
  size_t in_blocks = 0;
  int64_t log_time_before_tail = now.log_time_ms;
  for (size_t i = 0; i < events.size(); ++i) {
    const KeptEvent& event = events[i];
    LEDGER_ASSERT(event.offset == now.end, "{} {}", raw(event.offset), raw(now.end));
    LEDGER_ASSERT(end_of(event) > now.end, "gap [{}, {})", raw(now.end), raw(end_of(event)));
    if (!event.gap_until) now.log_time_ms = std::max(now.log_time_ms, event.timestamp_ms);
    now.chain = chain_next(now.chain, event);
    now.end = end_of(event);
    encoder.add(event, now.log_time_ms);
    if (!encoder.full()) continue;
    const std::string first = offset_key(encoder.first());
    transaction.put(handles.blocks, first, encoder.finish(), MDB_APPEND);
    in_blocks = i + 1;
    log_time_before_tail = now.log_time_ms;
  }
  if (in_blocks > 0 && std::exchange(has_tail, false)) transaction.clear(handles.tail);
  put_tail(transaction, events.subspan(in_blocks), log_time_before_tail);
  return now;
}

void KeptLogWriter::Impl::put_tail(Transaction& transaction, std::span<const KeptEvent> events,
                                   int64_t log_time) {
  for (const KeptEvent& event : events) {
    if (!event.gap_until) log_time = std::max(log_time, event.timestamp_ms);
    record.clear();
    encode_kept(event, log_time, record);
    transaction.put(handles.tail, offset_key(event.offset), record, MDB_APPEND);
    has_tail = true;
  }
}

}  // namespace ledger::store
