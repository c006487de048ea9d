// One partition of the log as a stream of contiguous events, on a client of its own.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "events/log/instance.h"
#include "schemas/base/error.h"
#include "schemas/store/kept_log.h"

namespace ledger::consumer {

// Bounds of one batch; whichever is met first ends it.
struct BatchLimits {
  size_t events_max = 50000;
  size_t bytes_max = size_t{16} << 20;
  std::chrono::milliseconds fill_time{50};  // how long to go on collecting while behind
};

struct Arrived {
  std::span<const store::KeptEvent> events;  // contiguous
  std::optional<Offset> end;                 // the log's end as the last fetch saw it
  // The brokers were away, or the topic or the position is unknown to them: compare with the log
  // before trusting anything that comes later.
  std::optional<std::string> trouble;
  bool position_lost =
      false;              // the trouble ended the fetching: restart() once the guards are content
  bool answered = false;  // the broker was heard since the last poll
  bool full = false;      // the limits ended it: more events are at hand
  // What stops the stream after `events`: a gap, a refusal.
  std::optional<Error> stop;
  // Likewise: why what the log has behind `events` cannot be read.
  std::optional<std::string> damage;
  bool ends() const { return stop || damage; }
};

// Lifetime of events: until the next poll() or restart().
class Stream {
 public:
  // `queue_bytes_max`: how much is fetched ahead.
  Stream(const log::Connection& settings, Partition partition, Offset from, size_t queue_bytes_max);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Waits up to `wait` for a first event, then takes what is there within `limits`.
  Arrived poll(const BatchLimits& limits, std::chrono::milliseconds wait);
  // Starts fetching anew at the next expected offset; after trouble with the position.
  void restart();
  Offset next() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::consumer
