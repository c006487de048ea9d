// The records of the kept log: what reader and writer share.
#pragma once

#include <optional>
#include <string>

#include "schemas/store/kept_log.h"
#include "schemas/store/lmdb_internal.h"

namespace ledger::store {

inline constexpr const char* kEventsName = "events";
inline constexpr const char* kEndKey = "end";
inline constexpr const char* kChainKey = "chain";

// Appends the record's bytes; `log_time_ms` is the running maximum with this event.
void encode_kept(const KeptEvent& event, int64_t log_time_ms, std::string& out);
// Throws: Error{kIntegrity} when the checksum is wrong.
KeptEvent decode_kept(std::string_view key, std::string_view value,
                      const std::filesystem::path& path);

// Throws, all three: Error{kIntegrity}.
Offset read_end(const Transaction& transaction, MDB_dbi meta);
ChainHash read_chain(const Transaction& transaction, MDB_dbi meta,
                     const std::filesystem::path& path);
LogIdentity read_log_identity(const Transaction& transaction, MDB_dbi meta,
                              const std::filesystem::path& path);

// The offset behind a record: that of the next one.
inline Offset end_of(const KeptEvent& event) {
  return event.gap_until ? *event.gap_until : next(event.offset);
}

std::optional<KeptEvent> read_kept(const Transaction& transaction, MDB_dbi events, Offset offset,
                                   const std::filesystem::path& path);
void scan_kept(const Transaction& transaction, MDB_dbi events, Offset from, Offset limit,
               const std::filesystem::path& path,
               const std::function<bool(const KeptEvent&)>& visit);

}  // namespace ledger::store
