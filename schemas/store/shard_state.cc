#include "schemas/store/shard_state.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/layout.h"
#include "schemas/store/packing_internal.h"

namespace ledger::store {

namespace {

__extension__ using Wide = unsigned __int128;

static_assert(std::endian::native == std::endian::little);

constexpr size_t kHashedBytesUsual = 1024;  // names, keys and values of most entries

Wide to_number(const Digest& digest) {
  std::array<uint64_t, 2> halves{};
  std::memcpy(halves.data(), digest.data(), digest.size());
  return static_cast<Wide>(__builtin_bswap64(halves[0])) << 64 | __builtin_bswap64(halves[1]);
}

Digest to_digest(Wide number) {
  const std::array<uint64_t, 2> halves = {__builtin_bswap64(static_cast<uint64_t>(number >> 64)),
                                          __builtin_bswap64(static_cast<uint64_t>(number))};
  Digest digest;
  std::memcpy(digest.data(), halves.data(), digest.size());
  return digest;
}

[[noreturn]] void refuse(std::string_view path, std::string_view what, const std::string& stored,
                         const std::string& expected, std::string_view remedy) {
  throw Error(Fault::kIncompatible, fmt::format("{}: {} is stored {}, expected {}; {}", path, what,
                                                stored, expected, remedy));
}

// The indexes of `a` that `b` does not declare in the same way, comma-separated; "none".
std::string only_in(const index::Declarations& a, const index::Declarations& b) {
  std::string names;
  for (const index::IndexSpec& spec : a.indexes) {
    if (std::find(b.indexes.begin(), b.indexes.end(), spec) != b.indexes.end()) continue;
    names += fmt::format("{}{}.{} [{}]", names.empty() ? "" : ", ", record::table_name(spec.table),
                         spec.name, fmt::join(spec.fields, ", "));
  }
  return names.empty() ? "none" : names;
}

constexpr std::string_view kOtherLedger =
    "use the --views directory of this ledger, or an empty one";

constexpr std::string_view kRebuild = "run `ledger-projector rebuild`";
constexpr std::string_view kOtherRelease =
    "use the release that wrote it, or fold the topic into an empty directory: `ledger-projector "
    "run --views NEW_DIR`";

void pack_uuid(const Uuid& uuid, std::string& out) {
  out.append(reinterpret_cast<const char*>(uuid.data()), uuid.size());
}

void pack(const LogIdentity& identity, std::string& bytes) {
  Packer out(bytes);
  out.varint(kFormatVersion);
  pack_uuid(identity.ledger_id, bytes);
  out.text(identity.cluster_id);
  out.text(identity.topic);
  out.varint(static_cast<uint64_t>(ledger::raw(identity.partition)));
  out.varint(static_cast<uint64_t>(identity.partition_count));
  out.byte(identity.ephemeral ? 1 : 0);
}

// Shards and kept logs have one format version, so a shard of another one has no log to be made
// from.
LogIdentity unpack_identity(Unpacker& in, std::string_view path) {
  const uint64_t format = in.varint();
  if (format != kFormatVersion) {
    refuse(path, "format version", std::to_string(format), std::to_string(kFormatVersion),
           kOtherRelease);
  }
  LogIdentity identity;
  const std::string_view uuid = in.take(16);
  std::copy(uuid.begin(), uuid.end(), identity.ledger_id.begin());
  identity.cluster_id = in.text();
  identity.topic = in.text();
  identity.partition = Partition{in.small()};
  identity.partition_count = in.small();
  const uint8_t ephemeral = in.byte();
  if (ephemeral > 1) in.fail();
  identity.ephemeral = ephemeral == 1;
  return identity;
}

// Adds a key that is behind all others: lists are stored in order, each key once.
template <typename Key, typename Value>
Value& add_last(std::map<Key, Value>& list, Key key, const Unpacker& in) {
  if (!list.empty() && !(list.rbegin()->first < key)) in.fail();
  return list.emplace_hint(list.end(), std::move(key), Value{})->second;
}

}  // namespace

void check_identity(const LogIdentity& stored, const LogIdentity& expected, std::string_view path) {
  const auto check = [&](std::string_view what, const std::string& a, const std::string& b) {
    if (a != b) refuse(path, what, "'" + a + "'", "'" + b + "'", kOtherLedger);
  };
  check("ledgerId", ledger::to_text(stored.ledger_id), ledger::to_text(expected.ledger_id));
  check("cluster id", stored.cluster_id, expected.cluster_id);
  check("topic", stored.topic, expected.topic);
  check("partition", std::to_string(ledger::raw(stored.partition)),
        std::to_string(ledger::raw(expected.partition)));
  check("partition count", std::to_string(stored.partition_count),
        std::to_string(expected.partition_count));
  check("ephemeral", stored.ephemeral ? "true" : "false", expected.ephemeral ? "true" : "false");
}

void check_identity(const ShardIdentity& stored, const ShardIdentity& expected,
                    std::string_view path) {
  check_identity(stored.log, expected.log, path);
  if (stored.fold_version != expected.fold_version) {
    refuse(path, "fold version", std::to_string(stored.fold_version),
           std::to_string(expected.fold_version), kRebuild);
  }
  if (stored.declarations != expected.declarations) {
    throw Error(Fault::kIncompatible,
                fmt::format("{}: the views have other index declarations than this program: only "
                            "the views: {}; only the program: {}; {}",
                            path, only_in(stored.declarations, expected.declarations),
                            only_in(expected.declarations, stored.declarations), kRebuild));
  }
}

namespace {

char* put_part(std::string_view part, char* to) {
  const uint32_t length = __builtin_bswap32(static_cast<uint32_t>(part.size()));
  std::memcpy(to, &length, sizeof length);
  to += sizeof length;
  if (!part.empty()) std::memcpy(to, part.data(), part.size());
  return to + part.size();
}

}  // namespace

Digest entry_hash(std::string_view view, std::string_view key, std::string_view value) {
  std::array<char, kHashedBytesUsual> usual;  // not initialised: it is written up to `size`
  std::string large;
  const size_t size = 3 * sizeof(uint32_t) + view.size() + key.size() + value.size();
  if (size > usual.size()) large.resize(size);
  char* const bytes = size > usual.size() ? large.data() : usual.data();
  put_part(value, put_part(key, put_part(view, bytes)));
  const XXH128_hash_t hash = XXH3_128bits(bytes, size);
  return to_digest(static_cast<Wide>(hash.high64) << 64 | hash.low64);
}

void add(Digest& sum, const Digest& hash) { sum = to_digest(to_number(sum) + to_number(hash)); }
void subtract(Digest& sum, const Digest& hash) {
  sum = to_digest(to_number(sum) - to_number(hash));
}

std::string encode_state(const ShardState& state) {
  std::string bytes;
  Packer out(bytes);
  out.varint(static_cast<uint64_t>(ledger::raw(state.position)));
  out.varint(static_cast<uint64_t>(state.log_time_max_ms + 1));
  const Counters& c = state.counters;
  for (const uint64_t n : {c.events, c.applied, c.not_applied, c.duplicates, c.quarantined})
    out.varint(n);
  out.varint(c.codes.size());
  for (const auto& [code, count] : c.codes) {
    out.byte(static_cast<uint8_t>(code));
    out.varint(count);
  }
  out.varint(c.rows.size());
  for (const auto& [table, count] : c.rows) {
    out.byte(static_cast<uint8_t>(table));
    out.varint(count);
  }
  out.varint(state.digests.size());
  for (const auto& [view, digest] : state.digests) {
    out.text(view);
    bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  }
  return bytes;
}

ShardState decode_state(std::string_view bytes, std::string_view path) {
  const std::string what = fmt::format("the state of shard {}", path);
  Unpacker in(bytes, what);
  ShardState state;
  state.position = in.offset();
  state.log_time_max_ms = ledger::raw(in.offset()) - 1;
  Counters& c = state.counters;
  for (uint64_t* n : {&c.events, &c.applied, &c.not_applied, &c.duplicates, &c.quarantined})
    *n = in.varint();
  for (uint64_t left = in.varint(); left > 0; --left) {
    const uint8_t code = in.byte();
    if (code < 1 || code > all_codes().size()) in.fail();
    add_last(c.codes, static_cast<Code>(code), in) = in.varint();
  }
  for (uint64_t left = in.varint(); left > 0; --left) {
    const uint8_t table = in.byte();
    if (table < 1 || table > 2) in.fail();
    add_last(c.rows, static_cast<record::Table>(table), in) = in.varint();
  }
  for (uint64_t left = in.varint(); left > 0; --left) {
    Digest& digest = add_last(state.digests, std::string(in.text()), in);
    const std::string_view sum = in.take(digest.size());
    std::copy(sum.begin(), sum.end(), digest.begin());
  }
  in.finish();
  return state;
}

std::string encode_identity(const LogIdentity& identity) {
  std::string bytes;
  pack(identity, bytes);
  return bytes;
}

LogIdentity decode_log_identity(std::string_view bytes, std::string_view path) {
  Unpacker in(bytes, "the identity of the kept log");
  LogIdentity identity = unpack_identity(in, path);
  in.finish();
  return identity;
}

std::string encode_identity(const ShardIdentity& identity) {
  std::string bytes;
  pack(identity.log, bytes);
  Packer out(bytes);
  out.varint(identity.fold_version);
  out.text(index::to_text(identity.declarations));
  return bytes;
}

ShardIdentity decode_shard_identity(std::string_view bytes, std::string_view path) {
  const std::string what = fmt::format("the identity of shard {}", path);
  Unpacker in(bytes, what);
  ShardIdentity identity;
  identity.log = unpack_identity(in, path);
  identity.fold_version = static_cast<uint32_t>(in.small());
  identity.declarations = index::parse_declarations(in.text());
  in.finish();
  return identity;
}

}  // namespace ledger::store
