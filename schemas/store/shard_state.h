// Who a shard is and how far it is: the contents of `meta`.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "schemas/base/ids.h"
#include "schemas/index/spec.h"
#include "schemas/store/outcome.h"

namespace ledger::store {

// Stored and checked at every open. The kept log's identity has no fold version and no
// declarations.
struct LogIdentity {
  Uuid ledger_id{};
  std::string cluster_id;
  std::string topic;
  Partition partition{};
  int32_t partition_count = 0;
  bool ephemeral = false;
  bool operator==(const LogIdentity&) const = default;
};
struct ShardIdentity {
  LogIdentity log;
  uint32_t fold_version = 0;
  index::Declarations declarations;
  bool operator==(const ShardIdentity&) const = default;
};

// Throws: Error{kIncompatible} naming the first difference as `stored ... expected ...` and the
// remedy.
void check_identity(const LogIdentity& stored, const LogIdentity& expected, std::string_view path);
void check_identity(const ShardIdentity& stored, const ShardIdentity& expected,
                    std::string_view path);

// Sum mod 2^128 of XXH3-128 (seed 0) of L(view) | L(key) | L(value), L = be32 length + bytes;
// big-endian bytes.
using Digest = std::array<uint8_t, 16>;

Digest entry_hash(std::string_view view, std::string_view key, std::string_view value);
void add(Digest& sum, const Digest& hash);
void subtract(Digest& sum, const Digest& hash);

struct Counters {
  uint64_t events = 0;
  uint64_t applied = 0;
  uint64_t not_applied = 0;
  uint64_t duplicates = 0;
  uint64_t quarantined = 0;
  std::map<Code, uint64_t> codes;          // events that carry the code
  std::map<record::Table, uint64_t> rows;  // live
  bool operator==(const Counters&) const = default;
};

// Part of every batch's transaction.
struct ShardState {
  Offset position{};             // the next offset to fold
  int64_t log_time_max_ms = -1;  // running maximum of Kafka timestamps over [0, position)
  Counters counters;
  std::map<std::string, Digest> digests;  // by view name; kept by the writer
  bool operator==(const ShardState&) const = default;
};

// `path`: the environment that has them, for messages. Throws, all: Error{kIntegrity}; identities
// also kIncompatible when they are of another format version.
std::string encode_state(const ShardState& state);
ShardState decode_state(std::string_view bytes, std::string_view path);
std::string encode_identity(const LogIdentity& identity);
LogIdentity decode_log_identity(std::string_view bytes, std::string_view path);
std::string encode_identity(const ShardIdentity& identity);
ShardIdentity decode_shard_identity(std::string_view bytes, std::string_view path);

}  // namespace ledger::store
