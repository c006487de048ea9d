#include "projector/run/caught_up.h"

#include <algorithm>
#include <utility>

namespace ledger::run {

void CaughtUp::look(double time_ms, PositionVector ends) {
  pending_ = Look{time_ms, std::move(ends)};
}

bool CaughtUp::reached(const PositionVector& positions) {
  if (!pending_) return false;
  const bool all = std::all_of(pending_->ends.begin(), pending_->ends.end(), [&](const auto& end) {
    const auto position = positions.find(end.first);
    return position != positions.end() && position->second >= end.second;
  });
  if (!all) return false;
  time_ms_ = pending_->time_ms;
  pending_.reset();
  return true;
}

}  // namespace ledger::run
