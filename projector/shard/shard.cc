#include "projector/shard/shard.h"

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/store/reader.h"

namespace ledger::shard {

namespace {

[[noreturn]] void refuse_lost_events(const std::filesystem::path& log, Offset kept_end,
                                     const std::filesystem::path& views, Offset position) {
  throw Error(Fault::kIntegrity,
              fmt::format("kept log {} ends at {}, the views {} stand at {}: the kept log lost "
                          "events; restore log/ from a copy, or fold the topic into another "
                          "directory: ledger-projector run --views NEW_DIR",
                          log.string(), raw(kept_end), views.string(), raw(position)));
}

// The kept log's path, before anything is made there: views without the kept log they came from are
// refused, and an empty one would look like a start.
std::filesystem::path checked_log(const std::filesystem::path& log,
                                  const std::filesystem::path& views) {
  std::error_code ignored;
  if (!store::has_kept_log(log) && std::filesystem::exists(views / "data.mdb", ignored)) {
    const Offset position = store::ShardReader(views).state().position;
    if (position > Offset{0}) refuse_lost_events(log, Offset{0}, views, position);
  }
  return log;
}

}  // namespace

Shard::Shard(const store::ViewDirectory& directory, store::Generation generation,
             const store::ShardIdentity& identity, const BatchBounds& bounds)
    : partition_(identity.log.partition),
      kept_(checked_log(directory.log(partition_), directory.shard(generation, partition_)),
            identity.log),
      folding_(
          directory.shard(generation, partition_), identity,
          [this](Offset offset) { return kept_.read(offset); }, bounds) {
  if (position() <= kept_end()) return;
  refuse_lost_events(directory.log(partition_), kept_end(), directory.shard(generation, partition_),
                     position());
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
  kept_.scan(folding_.position(), kept_end(), [&](const store::KeptEvent& event) {
    interrupted = folding_.fold(event) && !go_on();
    return !interrupted;
  });
  folding_.commit();
}

void Shard::append(std::span<const store::KeptEvent> events, bool more) {
  LEDGER_ASSERT(folding_.position() == kept_end(), "{} {}", raw(folding_.position()),
                raw(kept_end()));
  kept_.append(events);
  for (const store::KeptEvent& event : events) folding_.fold(event);
  if (!more) folding_.commit();
}

void Shard::accept_gap(Offset limit) {
  store::KeptEvent gap;
  gap.offset = kept_end();
  gap.gap_until = limit;
  keep({&gap, 1});
}

bool Shard::accepted(Offset from, Offset limit) const {
  const auto event = kept_.read(from);
  return event && event->gap_until == limit;
}

}  // namespace ledger::shard
