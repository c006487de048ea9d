// ledger-projector run: follows the log and keeps the views at its end.
//
//   starting -> catching_up <-> following -> stopped
//                  ^  |            |
//                  |  v            v
//            waiting_for_brokers, refused (exit 5, 6, 7, 8)
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "events/log/instance.h"
#include "projector/consumer/guards.h"
#include "schemas/options/interrupt.h"

namespace ledger::run {

struct RunOptions {
  log::Connection connection;
  std::string views;
  bool until_end = false;  // stop once the ends that the log had at the start are folded
  std::vector<consumer::AcceptedGap> accepted_gaps;
  size_t batch_events = 0;
  size_t threads = 0;  // 0: one per partition
  std::optional<std::chrono::milliseconds> give_up_after;
  bool quiet = false;
};

// Returns: kNone when it was stopped or the end is reached. Throws: Error;
// Error{kInterrupted, kTerminated} when until_end was stopped before the end.
Fault run(const RunOptions& options, const options::Interrupt& interrupt);

}  // namespace ledger::run
