// SIGINT and SIGTERM as something to poll, so that a program stops between two steps.
#pragma once

#include <chrono>

#include "schemas/base/error.h"

namespace ledger::options {

// Takes over SIGINT and SIGTERM while it lives. Precondition: made before any thread is started
// (the threads inherit the blocked signals).
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int fd() const { return fd_; }  // readable once a signal came; for poll(2), never to be read
  bool requested() const;
  // Returns: true at once when a signal came, false when `duration` passed without one.
  bool wait(std::chrono::milliseconds duration) const;
  // kInterrupted (SIGINT), kTerminated (SIGTERM), kNone while none came.
  Fault fault() const;

 private:
  int fd_ = -1;
  mutable Fault fault_ = Fault::kNone;
};

}  // namespace ledger::options
