// Random logs of one partition over few ids, so that events meet: same rows, same event ids,
// imports that replace, deletions, and bytes that are no event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/ids.h"

namespace ledger::testing {

struct LogRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  int64_t log_time_ms = 0;  // running maximum
};

Uuid random_log_ledger_id();

// The same for the same arguments, on every machine. The first is the genesis.
std::vector<LogRecord> random_log(uint64_t seed, size_t count);

}  // namespace ledger::testing
