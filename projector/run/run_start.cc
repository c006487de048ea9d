// Whose log it is, what is held of it, and whether they still agree.
#include <algorithm>

#include <fmt/format.h>

#include "projector/run/following.h"
#include "projector/run/opening.h"
#include "projector/run/run_internal.h"
#include "schemas/base/time.h"

namespace ledger::run {

namespace {

constexpr size_t kBytesPerDirtyPage = 5120;  // LMDB's page, and what the fold has for it
constexpr size_t kDirtyPagesMin = 4096;

}  // namespace

void Run::open() {
  const auto stored = stored_identity(directory_);
  identity_ = patiently([&] { return guards_.identify(stored); });
  if (!identity_.ephemeral) {
    const std::string unreadable = patiently([&] { return probe_.check_settings(); });
    if (!unreadable.empty()) messages_.warn(settings_warning(unreadable));
  }
  remove_leftovers(bulk::Keep::kAll);
  open_shards();
  messages_.info(fmt::format("ledger {}, topic {}, {} partitions; views {} at {}",
                             to_text(identity_.ledger_id), identity_.topic,
                             identity_.partition_count, options_.views, to_text(position())));
}

void Run::open_shards() {
  const auto shards = static_cast<size_t>(identity_.partition_count);
  shard::BatchBounds bounds;
  bounds.events_max = options_.batch_events;
  bounds.dirty_pages_max = std::clamp(options_.memory / shards / kBytesPerDirtyPage, kDirtyPagesMin,
                                      shard::BatchBounds{}.dirty_pages_max);
  shards_ = run::open_shards(directory_, identity_, bounds);
}

PositionVector Run::position() const {
  PositionVector positions;
  for (const auto& shard : shards_) positions[shard->partition()] = shard->position();
  return positions;
}

void Run::remove_leftovers(bulk::Keep keep) {
  const auto building = store::FileLock::try_take(directory_.build_lock());
  if (!building) return;
  directory_.remove_handover();
  const auto left = bulk::remove_leftovers(
      directory_, keep, [this](auto removed) { messages_.info(bulk::removal_text(removed)); });
  if (!left || keep == bulk::Keep::kAll) return;
  messages_.info(
      fmt::format("a build that ended early left generation {}: ledger-projector rebuild "
                  "goes on with it, removing its folder frees the space",
                  store::raw(*left)));
}

void Run::wait_for_brokers(const std::string& why) {
  report_.waits();
  if (asked()) {
    if (!shards_.empty()) throw Asked();
    hand_over_unopened();
  }
  patience_.wait(why);
}

void Run::accept(const consumer::AcceptedGap& gap) {
  const std::string named =
      fmt::format("--accept-gap {}:{}-{}", raw(gap.partition), raw(gap.from), raw(gap.limit));
  if (raw(gap.partition) >= identity_.partition_count) {
    throw Error(Fault::kUsage,
                fmt::format("{}: the ledger has {} partitions", named, identity_.partition_count));
  }
  shard::Shard& shard = *shards_[static_cast<size_t>(raw(gap.partition))];
  if (shard.accepted(gap.from, gap.limit)) {
    messages_.info(fmt::format("{}: accepted earlier", named));
    return;
  }
  if (shard.kept_end() != gap.from) {
    throw Error(Fault::kUsage, fmt::format("{}: the views stand at {}, so a gap can be accepted "
                                           "there only",
                                           named, raw(shard.kept_end())));
  }
  patiently([&] { return guards_.check_gap(gap), true; });
  shard.accept_gap(gap.limit);
  messages_.warn(
      fmt::format("{}: {} events are accepted as lost", named, raw(gap.limit) - raw(gap.from)));
}

PositionVector Run::compare() {
  asked_ms_ = now_unix_ms();
  const auto held_at = Feed::Clock::now();
  PositionVector ends;
  for (const auto& shard : shards_) {
    const log::Watermarks extent = patiently([&] { return guards_.check(shard->held()); });
    ends[shard->partition()] = extent.high;
    if (extent.low > Offset{0}) warn_of_start(*shard, extent.low);
  }
  compared_at_ = held_at;
  return ends;
}

void Run::warn_of_start(const shard::Shard& shard, Offset low) {
  messages_.warn(fmt::format(
      "partition {} of {} starts at {}: the log no longer has what is before, only the kept log "
      "in {} does; a ledger's topic keeps all events (retention.ms=-1, retention.bytes=-1)",
      raw(shard.partition()), identity_.topic, raw(low), options_.views));
}

}  // namespace ledger::run
