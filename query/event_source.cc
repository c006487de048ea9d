#include "query/event_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::query {

namespace {
constexpr Offset previous(Offset offset) { return Offset{raw(offset) - 1}; }
}  // namespace

EventSource::EventSource(Views& views, Partition partition, EventList list,
                         std::optional<store::Code> code, bool reverse, Offset first, Offset limit)
    : views_(views),
      partition_(partition),
      list_(list),
      code_(code),
      reverse_(reverse),
      first_(first),
      limit_(limit) {
  if (first_ < limit_) settle(listed_from(reverse ? previous(limit_) : first_));
}

const store::KeptEvent& EventSource::read() {
  const bool fresh = kept_ && kept_->offset == *offset_ && kept_epoch_ == views_.epoch();
  return fresh ? *kept_ : keep(*offset_);
}

void EventSource::next() { settle(neighbour()); }

void EventSource::settle(std::optional<Offset> candidate) {
  offset_ = candidate;
  if (offset_) log_time_ms_ = read().log_time_ms;
}

// An accepted gap is kept at its first offset and jumped over.
std::optional<Offset> EventSource::neighbour() {
  if (reverse_) {
    return *offset_ == first_ ? std::nullopt : listed_from(previous(*offset_));
  }
  const store::KeptEvent& kept = read();
  const Offset after = kept.gap_until ? *kept.gap_until : ledger::next(*offset_);
  return after < limit_ ? listed_from(after) : std::nullopt;
}

// The event at `offset`, or the gap that has it; in kept_ from then on.
const store::KeptEvent& EventSource::keep(Offset offset) {
  kept_ = views_.kept_log(partition_).read_around(offset);
  kept_epoch_ = views_.epoch();
  if (kept_) return *kept_;
  throw Error(Fault::kIntegrity,
              fmt::format("kept log: event {}:{} is folded and not there; restore log/ from a "
                          "copy, or fold the topic into another directory: ledger-projector run "
                          "--views NEW_DIR",
                          raw(partition_), raw(offset)));
}

// The event at `from`, or the next one in the list's order when `from` lies inside a gap: the gap
// itself of a reversed list, else what stands behind it.
std::optional<Offset> EventSource::event_from(Offset from) {
  const store::KeptEvent& kept = keep(from);
  if (kept.offset == from) return from;
  const Offset found = reverse_ ? kept.offset : *kept.gap_until;
  return found >= first_ && found < limit_ ? std::optional(found) : std::nullopt;
}

// The first offset from `from` on, in the list's order, that the list may show.
std::optional<Offset> EventSource::listed_from(Offset from) {
  if (list_ == EventList::kEvents) return event_from(from);
  std::optional<store::ViewCursor> outcomes;
  const auto seek = [&](Offset offset) {
    views_.refresh();
    outcomes.emplace(views_.shard(partition_).cursor(store::View::kOutcomes));
    reverse_ ? outcomes->seek_before(store::offset_key(ledger::next(offset)))
             : outcomes->seek(store::offset_key(offset));
  };
  for (seek(from); outcomes->valid(); reverse_ ? outcomes->prev() : outcomes->next()) {
    const Offset offset = store::decode_offset(outcomes->key());
    if (offset < first_ || offset >= limit_) break;
    if (listed(store::decode_outcome(outcomes->value()))) return offset;
    if (views_.stale()) seek(offset);
  }
  return std::nullopt;
}

bool EventSource::listed(const store::Outcome& outcome) const {
  const bool quarantined = outcome.disposition == store::Disposition::kQuarantined;
  if (quarantined != (list_ == EventList::kQuarantine)) return false;
  return !code_ ||
         std::find(outcome.codes.begin(), outcome.codes.end(), *code_) != outcome.codes.end();
}

}  // namespace ledger::query
