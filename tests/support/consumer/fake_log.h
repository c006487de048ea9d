// A log in memory for tests of what asks single facts of it.
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "projector/consumer/probe.h"

namespace ledger::test {

inline constexpr Uuid kLedger = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

class FakeLog : public consumer::Probe {
 public:
  explicit FakeLog(int32_t partition_count = 1, const Uuid& ledger_id = kLedger) {
    for (int32_t p = 0; p < partition_count; ++p) {
      partitions[Partition{p}].events = {{Offset{0}, 1000, std::nullopt, "genesis"}};
      log::OffsetZero zero;
      zero.state = log::OffsetZero::State::kOpened;
      zero.opened = {ledger_id, static_cast<uint32_t>(p), static_cast<uint32_t>(partition_count),
                     false};
      zeros[Partition{p}] = zero;
    }
  }

  struct Range {
    int64_t from = 0;
    int64_t limit = 0;
  };
  struct Part {
    std::vector<log::Record> events;  // by offset, from 0
    Offset low{};
    std::vector<Range> holes = {};                           // where no record is
    std::vector<Range> damaged = {};                         // batches that cannot be read
    int64_t readable = std::numeric_limits<int64_t>::max();  // what is behind is not shown yet
  };

  // A topic of events 0 .. count - 1 in every partition.
  void fill(int64_t count) {
    for (auto& [partition, part] : partitions) {
      while (static_cast<int64_t>(part.events.size()) < count) {
        const auto offset = static_cast<int64_t>(part.events.size());
        part.events.push_back(
            {Offset{offset}, 1000 + offset, "key", "value " + std::to_string(offset)});
      }
    }
  }

  std::optional<log::Topic> topic() override {
    answer();
    if (missing) return std::nullopt;
    return log::Topic{cluster_id, static_cast<int32_t>(partitions.size())};
  }
  std::map<Partition, log::OffsetZero> genesis(int32_t) override {
    answer();
    return zeros;
  }
  log::Watermarks extent(Partition partition) override {
    answer();
    const Part& part = partitions.at(partition);
    return {part.low, Offset{static_cast<int64_t>(part.events.size())}};
  }
  std::optional<log::Record> read(Partition partition, Offset offset) override {
    log::Found found = look(partition, offset);
    if (found.state == log::Found::State::kDamaged) throw Error(Fault::kIntegrity, "damaged");
    if (found.state == log::Found::State::kNothing || found.offset != offset) return std::nullopt;
    return std::move(found.record);
  }
  log::Found look(Partition partition, Offset from) override {
    answer();
    ++looks;
    const Part& part = partitions.at(partition);
    if (from < part.low) return {};
    const int64_t end = std::min(part.readable, static_cast<int64_t>(part.events.size()));
    if (raw(from) > end) return {};
    for (int64_t at = raw(from); at < end; ++at) {
      if (range_of(part.holes, at) != nullptr) continue;
      const Range* damage = range_of(part.damaged, at);
      if (damage != nullptr) return {log::Found::State::kDamaged, Offset{damage->from}, {}};
      return {log::Found::State::kRecord, Offset{at}, part.events[static_cast<size_t>(at)]};
    }
    return {log::Found::State::kNothing, Offset{end}, {}};
  }

  std::map<Partition, Part> partitions;
  std::map<Partition, log::OffsetZero> zeros;
  std::string cluster_id = "cluster-1";
  bool missing = false;
  bool away = false;
  int looks = 0;  // asked so far

 private:
  static const Range* range_of(const std::vector<Range>& ranges, int64_t offset) {
    for (const Range& each : ranges) {
      if (offset >= each.from && offset < each.limit) return &each;
    }
    return nullptr;
  }
  void answer() const {
    if (away) throw consumer::NotReachable{"nobody is there"};
  }
};

}  // namespace ledger::test
