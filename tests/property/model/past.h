// The twins of one ledger at any position.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/property/model/ask.h"

namespace ledger::model {

using Positions = std::vector<int64_t>;  // by partition

class Past {
 public:
  // Lifetime: `logs` outlives it.
  Past(std::string ledger_id, const std::vector<Log>& logs)
      : ledger_id_(std::move(ledger_id)), logs_(logs) {}

  // After the first `position` events. Lifetime: of the object.
  const Twin& at(int32_t partition, int64_t position);
  Ledger at(const Positions& positions);

 private:
  std::string ledger_id_;
  const std::vector<Log>& logs_;
  std::map<std::pair<int32_t, int64_t>, Twin> known_;
};

}  // namespace ledger::model
