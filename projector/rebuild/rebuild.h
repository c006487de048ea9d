// ledger-projector rebuild: a new generation from the kept log, published in place of the live one.
//
//   build.lock -> take up what one that died left -> fold to the live positions, until few events
//   are left -> ask for the hand-over -> writer.lock -> fold to exactly the live positions ->
//   compare digests -> publish -> let go -> remove what --keep leaves out
#pragma once

#include <chrono>
#include <string>

#include "schemas/base/error.h"
#include "schemas/options/interrupt.h"

namespace ledger::rebuild {

struct RebuildOptions {
  std::string views;
  size_t keep = 1;     // previous generations that stay
  size_t threads = 0;  // 0: one per core, at most one per partition
  size_t memory = 0;   // bytes, over all threads
  bool accept_differences = false;
  bool quiet = false;
  std::chrono::milliseconds hand_over_within = std::chrono::minutes(1);
};

// `run` may live: it hands writer.lock over for the last step. Until it publishes, nothing of the
// live generation is touched.
// Throws: Error{kUnavailable} when there is no kept log, another rebuild or a fill of `run` is at
// work, or whoever holds writer.lock does not hand it over; kFull when the disk will not hold it;
// kIntegrity when the kept log is damaged, or a digest differs from the live generation's and
// accept_differences is not set; kInterrupted, kTerminated.
Fault rebuild(const RebuildOptions& options, const options::Interrupt& interrupt);

}  // namespace ledger::rebuild
