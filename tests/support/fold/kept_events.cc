#include "tests/support/fold/kept_events.h"

#include <utility>

#include <fmt/format.h>

namespace ledger::testing {

store::LogIdentity kept_identity() {
  store::LogIdentity identity;
  identity.ledger_id = ledger_opened().ledger_id;
  identity.cluster_id = "cluster";
  identity.topic = "content-audio-events";
  identity.partition_count = 1;
  return identity;
}

store::ShardIdentity kept_shard_identity() {
  return {kept_identity(), fold::kFoldVersion, index::load_declarations()};
}

KeptEvents::KeptEvents() { add_raw(std::nullopt, encoded(event_of(ledger_opened()))); }

void KeptEvents::add(const event::Event& event, double log_time) {
  add_raw(std::string(event::content_id(event.payload)), encoded(event), log_time);
}

void KeptEvents::add(const event::Payload& payload, double log_time) {
  add(event_of(payload), log_time);
}

void KeptEvents::add_raw(std::optional<std::string> key, std::optional<std::string> value,
                         double log_time) {
  const Offset offset = std::exchange(end_, next(end_));
  entries_.push_back(
      {offset, end_, static_cast<int64_t>(log_time), std::move(key), std::move(value), false});
}

void KeptEvents::add_gap(int64_t events) {
  const Offset offset = std::exchange(end_, Offset{raw(end_) + events});
  entries_.push_back({offset, end_, 0, std::nullopt, std::nullopt, true});
}

void KeptEvents::add_plays(size_t count) {
  for (size_t i = 0; i < count; ++i) add(play(fmt::format("user-{}", raw(end_))));
}

store::KeptEvent KeptEvents::view_of(const Entry& entry) {
  if (entry.gap) return {entry.offset, -1, 0, std::nullopt, std::nullopt, entry.limit};
  return {entry.offset, entry.timestamp_ms, 0, entry.key, entry.value, std::nullopt};
}

std::vector<store::KeptEvent> KeptEvents::range(Offset from, Offset limit) const {
  std::vector<store::KeptEvent> events;
  for (const Entry& entry : entries_) {
    if (entry.offset >= from && entry.offset < limit) events.push_back(view_of(entry));
  }
  return events;
}

std::optional<store::KeptEvent> KeptEvents::at(Offset offset) const {
  const auto found = range(offset, next(offset));
  if (found.empty()) return std::nullopt;
  return found.front();
}

}  // namespace ledger::testing
