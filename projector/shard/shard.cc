#include "projector/shard/shard.h"

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"

namespace ledger::shard {

Shard::Shard(const store::ViewDirectory& directory, store::Generation generation,
             const store::ShardIdentity& identity, const BatchBounds& bounds)
    : partition_(identity.log.partition),
      kept_(directory.log(partition_), identity.log),
      folding_(
          directory.shard(generation, partition_), identity,
          [this](Offset offset) { return kept_.read(offset); }, bounds) {
  if (position() <= kept_end()) return;
  throw Error(Fault::kIntegrity,
              fmt::format("kept log {} ends at {}, the views {} stand at {}: the kept log lost "
                          "events; restore log/ from a copy, or fold the topic into another "
                          "directory: ledger-projector run --views NEW_DIR",
                          directory.log(partition_).string(), raw(kept_end()),
                          directory.shard(generation, partition_).string(), raw(position())));
}

consumer::Held Shard::held() const {
  const auto record = [&](Offset offset) -> std::optional<log::Record> {
    const auto event = kept_.read(offset);
    if (!event || event->gap_until) return std::nullopt;
    return consumer::record_of(*event);
  };
  consumer::Held held{partition_, kept_end(), std::nullopt, std::nullopt};
  if (raw(kept_end()) == 0) return held;
  held.first = record(Offset{0});
  held.last = record(Offset{raw(kept_end()) - 1});
  return held;
}

void Shard::catch_up(const std::function<bool()>& go_on) {
  bool interrupted = false;
  kept_.scan(position(), kept_end(), [&](const store::KeptEvent& event) {
    interrupted = folding_.fold(event) && !go_on();
    return !interrupted;
  });
  folding_.commit();
}

void Shard::append(std::span<const store::KeptEvent> events) {
  LEDGER_ASSERT(position() == kept_end(), "{} {}", raw(position()), raw(kept_end()));
  kept_.append(events);
  for (const store::KeptEvent& event : events) folding_.fold(event);
  folding_.commit();
}

void Shard::accept_gap(Offset limit) {
  store::KeptEvent gap;
  gap.offset = kept_end();
  gap.gap_until = limit;
  append({&gap, 1});
}

bool Shard::accepted(Offset from, Offset limit) const {
  const auto event = kept_.read(from);
  return event && event->gap_until == limit;
}

}  // namespace ledger::shard
