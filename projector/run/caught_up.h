// Up to which time all of the log is folded: the time of the last look at its ends that every
// position has reached since. Pure.
#pragma once

#include <optional>

#include "schemas/base/ids.h"

namespace ledger::run {

class CaughtUp {
 public:
  bool look_pending() const { return pending_.has_value(); }
  // The log ended at `ends` when they were asked for at `time_ms`.
  void look(double time_ms, PositionVector ends);
  // Returns: whether the pending look has been reached by `positions`.
  bool reached(const PositionVector& positions);
  std::optional<double> time_ms() const { return time_ms_; }

 private:
  struct Look {
    double time_ms = 0;
    PositionVector ends;
  };
  std::optional<Look> pending_;
  std::optional<double> time_ms_;
};

}  // namespace ledger::run
