// ledger-projector run: follows the log and keeps the views at its end.
//
// Where the views are empty or far behind, a new generation is made by the bulk path: it follows
// the kept logs while these are fetched, and is published once all of it was compared with the log.
// A rebuild that asks gets writer.lock for its last step; `run` then goes on in the generation that
// it published.
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
  size_t bulk_from = 0;  // events behind from which on the bulk path is taken, if it pays
  size_t memory = 0;     // bytes of the bulk path, over all threads
  size_t threads = 0;    // 0: one per partition; of a fill, one per core
  std::optional<std::chrono::milliseconds> give_up_after;
  bool quiet = false;
};

// Returns: kNone when it was stopped or the end is reached. Throws: Error;
// Error{kInterrupted, kTerminated} when until_end was stopped before the end.
Fault run(const RunOptions& options, const options::Interrupt& interrupt);

}  // namespace ledger::run
