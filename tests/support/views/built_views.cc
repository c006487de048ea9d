#include "tests/support/views/built_views.h"

#include <algorithm>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>

#include "projector/shard/shard.h"
#include "schemas/event/partition.h"
#include "tests/support/event/forms.h"

namespace ledger::testing {

namespace {

constexpr store::Generation kFirstGeneration{1};

store::LogIdentity identity_of(const ViewsSetup& setup, Partition partition) {
  return {setup.ledger_id, "cluster", setup.topic, partition, setup.partitions, true};
}

TopicRecord genesis_of(const ViewsSetup& setup, Partition partition) {
  event::Event opened;
  opened.event_id = setup.ledger_id;
  opened.event_id[15] = static_cast<uint8_t>(raw(partition));
  opened.event_id[14] = 0xff;
  opened.occurred_at = static_cast<double>(setup.genesis_ms);
  opened.actor = {event::ActorKind::kSystem, "tests"};
  opened.source = "tests/1";
  opened.payload = event::LedgerOpened{setup.ledger_id, static_cast<uint32_t>(raw(partition)),
                                       static_cast<uint32_t>(setup.partitions), true};
  return {std::nullopt, event::encoded(opened), setup.genesis_ms};
}

}  // namespace

// One partition, and what waits to be committed.
class BuiltViews::Shard {
 public:
  Shard(const store::ViewDirectory& directory, const ViewsSetup& setup, Partition partition)
      : events_max_(setup.batch_events),
        shard_(directory, directory.current().value_or(kFirstGeneration),
               {identity_of(setup, partition), fold::kFoldVersion, index::load_declarations()},
               {.events_max = setup.batch_events}) {
    if (end() == Offset{0}) add(genesis_of(setup, partition));
  }

  Offset end() const {
    return Offset{raw(shard_.position()) + static_cast<int64_t>(waiting_.size())};
  }

  std::string add(TopicRecord record) {
    const Offset offset = end();
    waiting_.push_back(std::move(record));
    if (waiting_.size() == events_max_) commit();
    return fmt::format("{}:{}", raw(shard_.partition()), raw(offset));
  }

  std::string add_gap(int64_t offsets) {
    commit();
    const Offset first = shard_.position();
    shard_.accept_gap(Offset{raw(first) + offsets});
    shard_.catch_up([] { return true; });
    return fmt::format("{}:{}", raw(shard_.partition()), raw(first));
  }

  void commit() {
    std::vector<store::KeptEvent> events;
    Offset offset = shard_.position();
    for (const TopicRecord& record : waiting_) {
      events.push_back({offset, record.timestamp_ms, 0, record.key, record.value, std::nullopt});
      offset = next(offset);
    }
    if (!events.empty()) shard_.append(events);
    waiting_.clear();
  }

 private:
  size_t events_max_;
  shard::Shard shard_;
  std::vector<TopicRecord> waiting_;
};

BuiltViews::BuiltViews(const std::filesystem::path& root, const ViewsSetup& setup)
    : directory_(root), setup_(setup) {
  directory_.create();
  for (int32_t p = 0; p < setup.partitions; ++p) {
    shards_.push_back(std::make_unique<Shard>(directory_, setup_, Partition{p}));
  }
  commit();
  if (!directory_.current()) directory_.publish(kFirstGeneration);
}

BuiltViews::~BuiltViews() = default;

std::string BuiltViews::add(std::string_view line, std::optional<int64_t> log_time_ms) {
  const auto parsed = parser_.parse(line, 0);
  if (const auto* error = std::get_if<event::LineError>(&parsed)) {
    throw std::runtime_error(fmt::format("{}: {}: {}", error->field, error->reason, line));
  }
  const auto& event = std::get<event::Event>(parsed);
  const std::string key(event::content_id(event.payload));
  return add_raw(
      event::partition_of(key, setup_.partitions),
      {key, event::encoded(event), log_time_ms.value_or(static_cast<int64_t>(event.occurred_at))});
}

std::vector<std::string> BuiltViews::add_all(std::string_view lines) {
  std::vector<std::string> places;
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    places.push_back(add(lines.substr(0, end)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return places;
}

std::string BuiltViews::add_raw(Partition partition, TopicRecord record) {
  return shards_.at(static_cast<size_t>(raw(partition)))->add(std::move(record));
}

std::string BuiltViews::add_gap(Partition partition, int64_t offsets) {
  return shards_.at(static_cast<size_t>(raw(partition)))->add_gap(offsets);
}

void BuiltViews::commit() {
  for (const auto& shard : shards_) shard->commit();
}

PositionVector BuiltViews::positions() const {
  PositionVector positions;
  for (size_t p = 0; p < shards_.size(); ++p) {
    positions[Partition{static_cast<int32_t>(p)}] = shards_[p]->end();
  }
  return positions;
}

}  // namespace ledger::testing
