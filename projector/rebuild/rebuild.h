// ledger-projector rebuild: a new generation from the kept log, published in place of the live one.
//
//   lock -> remove leftovers -> fold each shard to the old positions -> compare digests ->
//   fold to the end of the kept log -> publish -> remove what --keep leaves out
#pragma once

#include <string>

#include "schemas/base/error.h"
#include "schemas/options/interrupt.h"

namespace ledger::rebuild {

struct RebuildOptions {
  std::string views;
  size_t keep = 1;     // previous generations that stay
  size_t threads = 0;  // 0: one per partition, at most one per core
  size_t memory = 0;   // bytes, over all threads
  bool accept_differences = false;
  bool quiet = false;
};

// Offline: takes writer.lock. Until it publishes, nothing of the live generation is touched.
// Throws: Error{kUnavailable} when there is no kept log, or `run` or another rebuild is at work;
// kFull when the disk will not hold it; kIntegrity when the kept log is damaged, or a digest
// differs from the live generation's and accept_differences is not set; kInterrupted, kTerminated.
Fault rebuild(const RebuildOptions& options, const options::Interrupt& interrupt);

}  // namespace ledger::rebuild
