#include "events/event_fd.h"

#include <cerrno>
#include <cstring>

#include <sys/eventfd.h>
#include <unistd.h>

#include "schemas/base/assert.h"

namespace ledger::events {

EventFd::EventFd() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  LEDGER_ASSERT(fd_ >= 0, "eventfd: {}", std::strerror(errno));
}

EventFd::~EventFd() { ::close(fd_); }

void EventFd::set() { eventfd_write(fd_, 1); }

void EventFd::clear() {
  eventfd_t count = 0;
  eventfd_read(fd_, &count);
}

}  // namespace ledger::events
