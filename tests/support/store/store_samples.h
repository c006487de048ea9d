// What tests of the store share: an identity, and a shard read as a whole.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "schemas/base/error.h"
#include "schemas/store/reader.h"
#include "schemas/store/writer.h"

namespace ledger::store {

// Of today's declarations, partition 0 of 1.
ShardIdentity sample_identity();

// The digest of every view, summed up from a scan of all its entries.
std::map<std::string, Digest> scanned_digests(const ShardReader& shard);

// The fault that `act` ends with; nullopt when it throws no Error.
template <typename Act>
std::optional<Error> error_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}
template <typename Act>
Fault fault_of(Act act) {
  const std::optional<Error> error = error_of(act);
  return error ? error->fault() : Fault::kNone;
}
template <typename Act>
std::string message_of(Act act) {
  const std::optional<Error> error = error_of(act);
  return error ? error->what() : "";
}

}  // namespace ledger::store
