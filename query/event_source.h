// The events of one partition that a list may show, in order of offset, one at a time.
#pragma once

#include <optional>

#include "query/events.h"
#include "query/views.h"

namespace ledger::query {

// Walks the kept log, or the entries of `outcomes` for anomalies and quarantine.
// Why: holds offsets only, so that it survives renewals of the snapshots; it renews them itself on
// a long way between two events.
class EventSource {
 public:
  // Offsets of [first, limit).
  EventSource(Views& views, Partition partition, EventList list, std::optional<store::Code> code,
              bool reverse, Offset first, Offset limit);

  Partition partition() const { return partition_; }
  std::optional<Offset> offset() const { return offset_; }  // nullopt at the end
  int64_t log_time_ms() const { return log_time_ms_; }
  // The event at offset(). Lifetime: until the snapshots are renewed. Cost: nothing until then.
  const store::KeptEvent& read();
  void next();

 private:
  void settle(std::optional<Offset> candidate);
  std::optional<Offset> neighbour();
  std::optional<Offset> listed_from(Offset from);
  std::optional<Offset> event_from(Offset from);
  const store::KeptEvent& keep(Offset offset);
  bool listed(const store::Outcome& outcome) const;

  Views& views_;
  Partition partition_;
  EventList list_;
  std::optional<store::Code> code_;
  bool reverse_;
  Offset first_;
  Offset limit_;
  std::optional<Offset> offset_;
  int64_t log_time_ms_ = 0;
  std::optional<store::KeptEvent> kept_;  // read last
  uint64_t kept_epoch_ = 0;               // of the snapshots it was read from
};

}  // namespace ledger::query
