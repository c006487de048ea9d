#include "tests/property/model/past.h"

#include <iterator>

namespace ledger::model {

const Twin& Past::at(int32_t partition, int64_t position) {
  const auto next = known_.upper_bound({partition, position});
  const bool begun = next != known_.begin() && std::prev(next)->first.first == partition;
  if (begun && std::prev(next)->first.second == position) return std::prev(next)->second;
  Twin twin = begun ? std::prev(next)->second
                    : Twin(ledger_id_, partition, static_cast<int32_t>(logs_.size()));
  const Log& log = logs_.at(static_cast<size_t>(partition));
  while (twin.position() < position) twin.fold(log.at(static_cast<size_t>(twin.position())));
  return known_.emplace(std::pair(partition, position), std::move(twin)).first->second;
}

Ledger Past::at(const Positions& positions) {
  Ledger ledger;
  for (size_t p = 0; p < positions.size(); ++p) {
    ledger.push_back(&at(static_cast<int32_t>(p), positions[p]));
  }
  return ledger;
}

}  // namespace ledger::model
