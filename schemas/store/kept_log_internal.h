// What lies in the environment of a kept log: what reader and writer share.
#pragma once

#include <optional>
#include <string>

#include "schemas/base/error.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/lmdb_internal.h"

namespace ledger::store {

inline constexpr const char* kBlocksName = "blocks";
inline constexpr const char* kTailName = "tail";
inline constexpr const char* kEndKey = "end";
inline constexpr const char* kChainKey = "chain";

struct LogHandles {
  MDB_dbi blocks = 0;  // first offset -> block (kept_block_internal.h)
  MDB_dbi tail = 0;    // offset -> record, of the events behind the last block
  MDB_dbi meta = 0;
};

// Error{kIntegrity}: "kept log PATH: WHAT; restore log/ from a copy".
Error kept_damage(const std::filesystem::path& path, std::string_view what);
// The offset in a key, for messages.
std::string place_of(std::string_view key);
// XXH3-64 of what follows the checksum, with the offset as seed.
uint64_t kept_checksum(Offset offset, std::string_view rest);

// What a record has beside its key and value, which follow each other. Gap: null key, value be64
// TO.
struct KeptShape {
  int64_t timestamp_ms = 0;
  uint8_t flags = 0;
  size_t key_bytes = 0;
  size_t value_bytes = 0;
};

// Appends key and value of `event`.
KeptShape append_fields(const KeptEvent& event, std::string& out);
// Sets what an event has beside offset and log time; key and value are `fields`. Returns: false of
// a gap that ends nowhere, and of flags that no record has. Precondition: the event has neither key
// nor value nor gap yet.
bool take_fields(const KeptShape& shape, std::string_view fields, KeptEvent& event);

// Appends the record's bytes; `log_time_ms` is the running maximum with this event.
void encode_kept(const KeptEvent& event, int64_t log_time_ms, std::string& out);
// Throws: Error{kIntegrity} when the checksum is wrong.
KeptEvent decode_kept(std::string_view key, std::string_view value,
                      const std::filesystem::path& path);

// Throws, all four: Error{kIntegrity}; of an identity in another format, kIncompatible.
Offset read_end(const Transaction& transaction, MDB_dbi meta, const std::filesystem::path& path);
ChainHash read_chain(const Transaction& transaction, MDB_dbi meta,
                     const std::filesystem::path& path);
LogIdentity unpack_log_identity(std::string_view stored, const std::filesystem::path& path);
LogIdentity read_log_identity(const Transaction& transaction, MDB_dbi meta,
                              const std::filesystem::path& path);

// Throws: Error{kIntegrity} unless the last record ends where `meta` says.
void check_end(Offset last_end, Offset stored, const std::filesystem::path& path);

// The offset behind a record: that of the next one.
inline Offset end_of(const KeptEvent& event) {
  return event.gap_until ? *event.gap_until : next(event.offset);
}

}  // namespace ledger::store
