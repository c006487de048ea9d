// The genesis of a ledger: ledgerOpened at offset 0 of every partition. Source: contract,
// section 3.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "events/log/client.h"
#include "schemas/event/event.h"

namespace ledger::log {

struct Genesis {
  Uuid ledger_id{};
  int32_t partition_count = 0;
  bool ephemeral = false;  // the embedded broker's: no admin calls, kept in memory
  std::string cluster_id;
};

// What stands at offset 0 of a partition.
struct OffsetZero {
  enum class State : uint8_t { kEmpty, kGone, kOpened, kOther };
  State state{};
  event::LedgerOpened opened;  // of kOpened
};

std::map<Partition, OffsetZero> read_offset_zeros(Client& client, int32_t partition_count);

// Throws: Error{kIncompatible} when `zero` is no genesis of this partition, or of another ledger
// than `ledger_id`, or made for another partition count than the topic's; Error{kIntegrity} when
// offset 0 is gone. The message says which and names the remedy.
void check_genesis(const Connection& connection, Partition partition, const OffsetZero& zero,
                   int32_t topic_partition_count, const std::optional<Uuid>& ledger_id);

// Reads and checks offset 0 of every partition.
// Throws: as check_genesis; Error{kIncompatible} when the topic does not exist.
Genesis read_genesis(Client& client);

// The value bytes of a genesis.
std::string encode_genesis(const event::LedgerOpened& opened, std::string_view source);

}  // namespace ledger::log
