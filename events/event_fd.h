// A file descriptor that one thread makes readable and another polls.
#pragma once

namespace ledger::events {

class EventFd {
 public:
  EventFd();
  ~EventFd();
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;

  int get() const { return fd_; }  // for poll(2), and for librdkafka to write to
  void set();                      // makes it readable
  void clear();                    // until the next set()

 private:
  int fd_;
};

}  // namespace ledger::events
