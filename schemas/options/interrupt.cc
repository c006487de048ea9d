#include "schemas/options/interrupt.h"

#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "schemas/base/assert.h"

namespace ledger::options {

namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  fd_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  LEDGER_ASSERT(fd_ >= 0, "signalfd: {}", std::strerror(errno));
}

// The signals stay blocked: one that arrives during the last steps of a program must not end it
// half-way.
Interrupt::~Interrupt() { close(fd_); }

bool Interrupt::requested() const { return wait(std::chrono::milliseconds(0)); }

bool Interrupt::wait(std::chrono::milliseconds duration) const {
  pollfd poll_fd{fd_, POLLIN, 0};
  return poll(&poll_fd, 1, static_cast<int>(duration.count())) > 0;
}

// A pending signal is looked at, not consumed: fd() stays readable for every other waiter.
Fault Interrupt::fault() const {
  if (fault_ != Fault::kNone || !requested()) return fault_;
  sigset_t pending;
  sigpending(&pending);
  fault_ = sigismember(&pending, SIGTERM) == 1 ? Fault::kTerminated : Fault::kInterrupted;
  return fault_;
}

}  // namespace ledger::options
