#include "schemas/store/kept_log.h"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/kept_log_internal.h"

namespace ledger::store {

namespace {

// Record: be64 checksum | be64 timestamp | be64 running maximum | flags | be32 key length | key |
// value. The checksum is XXH3-64 of all that follows it, with the offset as seed. A gap's value is
// be64 of its end.
constexpr size_t kHeaderBytes = 8 + 8 + 8 + 1 + 4;
constexpr uint8_t kNullKey = 1;
constexpr uint8_t kNullValue = 2;
constexpr uint8_t kGap = 4;
constexpr uint32_t kNullLength = 0xFFFFFFFF;

uint64_t checksum(Offset offset, std::string_view rest) {
  return XXH3_64bits_withSeed(rest.data(), rest.size(), static_cast<uint64_t>(raw(offset)));
}

// One-shot calls look the algorithm up each time, which takes as long as the hash of an event.
class Sha256 {
 public:
  Sha256() : md_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
    LEDGER_ASSERT(md_ != nullptr && context_ != nullptr, "{}", "SHA256");
  }
  ~Sha256() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(md_);
  }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  ChainHash of(std::string_view bytes) const {
    ChainHash hash{};
    unsigned size = 0;
    const bool ok = EVP_DigestInit_ex2(context_, md_, nullptr) == 1 &&
                    EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context_, hash.data(), &size) == 1;
    LEDGER_ASSERT(ok && size == hash.size(), "{} {}", ok, size);
    return hash;
  }

 private:
  EVP_MD* md_;
  EVP_MD_CTX* context_;
};

void append_field(std::string& out, const std::optional<std::string_view>& bytes) {
  append_be32(out, bytes ? static_cast<uint32_t>(bytes->size()) : kNullLength);
  if (bytes) out.append(*bytes);
}

}  // namespace

ChainHash chain_next(const ChainHash& previous, const KeptEvent& event) {
  thread_local std::string bytes;
  bytes.assign(reinterpret_cast<const char*>(previous.data()), previous.size());
  append_be64(bytes, static_cast<uint64_t>(raw(event.offset)));
  append_be64(bytes, static_cast<uint64_t>(event.gap_until ? -1 : event.timestamp_ms));
  if (event.gap_until) {
    append_field(bytes, std::nullopt);
    std::string until;
    append_be64(until, static_cast<uint64_t>(raw(*event.gap_until)));
    append_field(bytes, until);
  } else {
    append_field(bytes, event.key);
    append_field(bytes, event.value);
  }
  thread_local const Sha256 sha256;
  return sha256.of(bytes);
}

void encode_kept(const KeptEvent& event, int64_t log_time_ms, std::string& out) {
  const size_t start = out.size();
  append_be64(out, 0);
  append_be64(out, static_cast<uint64_t>(event.gap_until ? -1 : event.timestamp_ms));
  append_be64(out, static_cast<uint64_t>(log_time_ms));
  uint8_t flags = 0;
  if (!event.key) flags |= kNullKey;
  if (!event.value) flags |= kNullValue;
  if (event.gap_until) flags = kNullKey | kGap;
  out.push_back(static_cast<char>(flags));
  const std::string_view key = flags & kNullKey ? std::string_view() : *event.key;
  append_be32(out, static_cast<uint32_t>(key.size()));
  out.append(key);
  if (event.gap_until) {
    append_be64(out, static_cast<uint64_t>(raw(*event.gap_until)));
  } else if (event.value) {
    out.append(*event.value);
  }
  std::string sum;
  append_be64(sum, checksum(event.offset, std::string_view(out).substr(start + 8)));
  out.replace(start, 8, sum);
}

KeptEvent decode_kept(std::string_view key, std::string_view value,
                      const std::filesystem::path& path) {
  const auto damaged = [&](std::string_view what) {
    return Error(
        Fault::kIntegrity,
        fmt::format("kept log {}: the record {} {}; restore log/ from a copy", path.string(),
                    key.size() == 8 ? std::to_string(read_be64(key)) : to_hex(key), what));
  };
  if (key.size() != 8 || value.size() < kHeaderBytes) throw damaged("is cut short");
  KeptEvent event;
  event.offset = Offset{static_cast<int64_t>(read_be64(key))};
  if (checksum(event.offset, value.substr(8)) != read_be64(value))
    throw damaged("has another checksum");
  event.timestamp_ms = static_cast<int64_t>(read_be64(value.substr(8)));
  event.log_time_ms = static_cast<int64_t>(read_be64(value.substr(16)));
  const auto flags = static_cast<uint8_t>(value[24]);
  const size_t key_bytes = read_be32(value.substr(25));
  if (key_bytes > value.size() - kHeaderBytes) throw damaged("is cut short");
  const std::string_view rest = value.substr(kHeaderBytes + key_bytes);
  if (!(flags & kNullKey)) event.key = value.substr(kHeaderBytes, key_bytes);
  if (flags & kGap) {
    if (rest.size() != 8) throw damaged("is a gap without an end");
    event.gap_until = Offset{static_cast<int64_t>(read_be64(rest))};
  } else if (!(flags & kNullValue)) {
    event.value = rest;
  }
  return event;
}

Offset read_end(const Transaction& transaction, MDB_dbi meta) {
  std::string_view value;
  return transaction.get(meta, kEndKey, value) ? decode_offset(value) : Offset{0};
}

ChainHash read_chain(const Transaction& transaction, MDB_dbi meta,
                     const std::filesystem::path& path) {
  std::string_view value;
  ChainHash chain{};
  if (!transaction.get(meta, kChainKey, value)) return chain;
  if (value.size() != chain.size()) {
    throw Error(Fault::kIntegrity,
                fmt::format("kept log {}: its chain head has {} bytes; restore log/ from a copy",
                            path.string(), value.size()));
  }
  std::copy(value.begin(), value.end(), chain.begin());
  return chain;
}

LogIdentity read_log_identity(const Transaction& transaction, MDB_dbi meta,
                              const std::filesystem::path& path) {
  std::string_view value;
  if (!transaction.get(meta, kIdentityKey, value)) {
    throw Error(
        Fault::kIntegrity,
        fmt::format("kept log {}: it has no identity; restore log/ from a copy", path.string()));
  }
  return decode_log_identity(value);
}

std::optional<KeptEvent> read_kept(const Transaction& transaction, MDB_dbi events, Offset offset,
                                   const std::filesystem::path& path) {
  std::string key;
  append_be64(key, static_cast<uint64_t>(raw(offset)));
  std::string_view value;
  if (raw(offset) < 0 || !transaction.get(events, key, value)) return std::nullopt;
  return decode_kept(key, value, path);
}

void scan_kept(const Transaction& transaction, MDB_dbi events, Offset from, Offset limit,
               const std::filesystem::path& path,
               const std::function<bool(const KeptEvent&)>& visit) {
  Cursor cursor(transaction, events, path);
  std::string start;
  append_be64(start, static_cast<uint64_t>(std::max<int64_t>(0, raw(from))));
  std::string_view key = start;
  std::string_view value;
  std::optional<Offset> expected;
  for (bool found = cursor.move(MDB_SET_RANGE, key, value); found;
       found = cursor.move(MDB_NEXT, key, value)) {
    const KeptEvent event = decode_kept(key, value, path);
    if (expected && event.offset != *expected) {
      throw Error(Fault::kIntegrity,
                  fmt::format("kept log {}: the record {} follows where {} belongs; restore log/ "
                              "from a copy",
                              path.string(), raw(event.offset), raw(*expected)));
    }
    if (event.offset >= limit || !visit(event)) return;
    expected = end_of(event);
  }
}

namespace {

struct LogHandles {
  MDB_dbi events = 0;
  MDB_dbi meta = 0;
};

LogHandles open_log(Environment& environment) {
  LogHandles handles;
  environment.open_databases(false, [&](Transaction& transaction) {
    handles.meta = transaction.database(kMetaName, false);
    handles.events = transaction.database(kEventsName, false);
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
        identity(read_log_identity(transaction, handles.meta, path)) {}

  std::shared_ptr<Environment> environment;
  LogHandles handles;
  Transaction transaction;
  LogIdentity identity;
};

KeptLogReader::KeptLogReader(const std::filesystem::path& path, bool no_lock)
    : impl_(std::make_unique<Impl>(path, no_lock)) {}
KeptLogReader::~KeptLogReader() = default;
KeptLogReader::KeptLogReader(KeptLogReader&&) noexcept = default;

void KeptLogReader::renew() { impl_->transaction.renew(); }
void KeptLogReader::release() { impl_->transaction.reset(); }
const LogIdentity& KeptLogReader::identity() const { return impl_->identity; }
Offset KeptLogReader::end() const { return read_end(impl_->transaction, impl_->handles.meta); }
ChainHash KeptLogReader::chain_head() const {
  return read_chain(impl_->transaction, impl_->handles.meta, impl_->environment->path());
}

std::optional<KeptEvent> KeptLogReader::read(Offset offset) const {
  return read_kept(impl_->transaction, impl_->handles.events, offset, impl_->environment->path());
}

void KeptLogReader::scan(Offset from, Offset limit,
                         const std::function<bool(const KeptEvent&)>& visit) const {
  scan_kept(impl_->transaction, impl_->handles.events, from, limit, impl_->environment->path(),
            visit);
}

// The running maximum never falls, so that offsets can be halved; an offset inside a gap stands for
// the next record.
Offset KeptLogReader::first_at_or_after(double time_ms) const {
  const auto record_from = [&](int64_t offset) {
    std::pair<int64_t, double> found{raw(end()), 0};
    scan(Offset{offset}, end(), [&](const KeptEvent& event) {
      found = {raw(event.offset), static_cast<double>(event.log_time_ms)};
      return false;
    });
    return found;
  };
  int64_t low = 0;
  int64_t high = raw(end());
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const auto [offset, log_time] = record_from(middle);
    if (offset < raw(end()) && log_time < time_ms) {
      low = offset + 1;
    } else {
      high = middle;
    }
  }
  return Offset{record_from(low).first};
}

}  // namespace ledger::store
