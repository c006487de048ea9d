// The contract's promises at the level of the library, over the scenarios of the model: whole
// shards compared, key by key.
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "query/departed.h"
#include "query/events.h"
#include "query/find.h"
#include "query/history.h"
#include "tests/property/model/generate.h"
#include "tests/property/model/image.h"
#include "tests/property/model/item.h"
#include "tests/property/model/past.h"
#include "tests/property/model/random.h"
#include "tests/property/model/real.h"
#include "tests/property/model/seeds.h"
#include "tests/property/model/show.h"
#include "tests/support/process.h"

namespace ledger::model {
namespace {

constexpr uint64_t kShare = 10;  // each test runs one scenario in ten
constexpr int64_t kUnbounded = std::numeric_limits<int64_t>::max();

// A scenario folded in a directory of its own.
class Folded {
 public:
  Folded(const Scenario& scenario, const std::vector<Log>& logs)
      : logs_(logs), real_(directory_.path(), scenario.ledger_id, logs) {}

  RealLedger& real() { return real_; }
  const std::vector<Log>& logs() const { return logs_; }
  ShardImage shard(size_t partition) const {
    return read_shard(real_.root(), static_cast<int32_t>(partition));
  }
  KeptImage kept(size_t partition) const {
    return read_kept_log(real_.root(), static_cast<int32_t>(partition));
  }

 private:
  test::TempDir directory_{test::memory_directory()};
  const std::vector<Log>& logs_;
  RealLedger real_;
};

// Every row by every index, every history and every event, as `as_of` has them. Lifetime: of
// `folded`.
std::vector<Item> all_answers(const Folded& folded, query::Views& views, const query::AsOf& as_of) {
  std::vector<Item> items;
  const auto log_of = [&](Partition partition) -> const Log& {
    return folded.logs().at(static_cast<size_t>(raw(partition)));
  };
  std::set<std::pair<record::Table, std::string>> named;
  for (const index::IndexSpec& index : views.declarations().indexes) {
    query::FindRequest request;
    request.table = index.table;
    request.index = index.name;
    request.as_of = as_of;
    request.reverse = index::raw(index.id) % 2 == 1;
    find(views, request, [&](const query::Row& row) {
      items.push_back(item_of(row, index.fields, log_of(row.partition)));
      named.emplace(index.table, text(*items.back().after, "_id"));
    });
  }
  for (const auto& [table, id] : named) {
    query::HistoryRequest request;
    request.table = table;
    request.id = id;
    request.as_of = as_of;
    history(views, request, [&](const query::HistoryLine& line) {
      items.push_back(item_of(line, log_of(line.event.partition)));
    });
  }
  query::EventsRequest request;
  request.as_of = as_of;
  query::list_events(views, request, [&](const query::Event& event) {
    items.push_back(item_of(event, log_of(event.partition)));
  });
  return items;
}

template <typename Check>
void each_scenario(const Check& check) {
  const uint64_t count = scenario_count();
  for (uint64_t i = 0; i < (count + kShare - 1) / kShare; ++i) {
    // 7 has about 1,000 live audios of one content.
    const uint64_t seed = first_seed() + (count > 1 && i == 0 ? 7 : i * kShare);
    SCOPED_TRACE(rerun_line(seed, "property_promises"));
    const Scenario scenario = generate(seed);
    check(scenario, logs_of(scenario));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Promises, ShardsAreEqualForEveryBatchSizeAndRebuilt) {
  each_scenario([](const Scenario& scenario, const std::vector<Log>& logs) {
    Folded ones(scenario, logs);
    ones.real().fold_all(1);
    for (size_t p = 0; p < logs.size(); ++p) {
      const ShardImage image = ones.shard(p);
      EXPECT_EQ(image.state.digests, digests_of(image)) << "partition " << p;
    }
    for (const int64_t batch_max : {int64_t{7}, int64_t{1000}, kUnbounded}) {
      Folded other(scenario, logs);
      other.real().fold_all(batch_max);
      for (size_t p = 0; p < logs.size(); ++p) {
        const ShardImage a = ones.shard(p);
        const ShardImage b = other.shard(p);
        EXPECT_EQ(a, b) << "batches of " << batch_max << ": " << differences(a, b);
        EXPECT_EQ(ones.kept(p), other.kept(p)) << "batches of " << batch_max;
      }
    }
    Folded rebuilt(scenario, logs);
    rebuilt.real().fold_all(7);
    rebuilt.real().rebuild(13);
    for (size_t p = 0; p < logs.size(); ++p) {
      const ShardImage a = ones.shard(p);
      const ShardImage b = rebuilt.shard(p);
      EXPECT_EQ(a, b) << "rebuilt: " << differences(a, b);
    }
  });
}

// What stood at a position is read the same from a store that went on as from one that stopped
// there.
TEST(Promises, AnswersAsOfAPositionAreThoseOfAStoreThatStoppedThere) {
  each_scenario([](const Scenario& scenario, const std::vector<Log>& logs) {
    Random random(scenario.seed);
    Folded whole(scenario, logs);
    whole.real().fold_all(random.between(1, 100));
    query::Views views(whole.real().root());
    for (int i = 0; i < 3; ++i) {
      Folded stopped(scenario, logs);
      PositionVector at;
      for (size_t p = 0; p < logs.size(); ++p) {
        const int64_t position = random.between(0, static_cast<int64_t>(logs[p].size()));
        stopped.real().fold(static_cast<int32_t>(p), position, random.between(1, 20));
        at[Partition{static_cast<int32_t>(p)}] = Offset{position};
      }
      query::Views saved(stopped.real().root());
      const std::vector<Item> now = all_answers(whole, views, at);
      const std::vector<Item> then = all_answers(stopped, saved, {});
      EXPECT_TRUE(now == then) << "as of " << to_text(at) << show(now) << "\nthen:" << show(then);
    }
  });
}

// The events of each log that took their id, once more behind it: what a producer that sends its
// file again adds.
std::vector<Log> sent_again(const Scenario& scenario, const std::vector<Log>& logs) {
  std::vector<Log> twice = logs;
  for (size_t p = 0; p < logs.size(); ++p) {
    Twin twin(scenario.ledger_id, static_cast<int32_t>(p), scenario.partition_count);
    for (const Message& message : logs[p]) twin.fold(message);
    for (const auto& [id, offset] : twin.taken()) {
      if (offset == 0) continue;  // the genesis is nobody's to send
      Message again = logs[p].at(static_cast<size_t>(offset));
      again.timestamp = logs[p].back().timestamp;
      twice[p].push_back(std::move(again));
    }
  }
  return twice;
}

TEST(Promises, RedeliveryAddsToKeptLogPositionAndDuplicatesOnly) {
  uint64_t duplicates = 0;
  each_scenario([&](const Scenario& scenario, const std::vector<Log>& logs) {
    const std::vector<Log> twice = sent_again(scenario, logs);
    Folded folded(scenario, twice);
    std::vector<ShardImage> before;
    for (size_t p = 0; p < logs.size(); ++p) {
      folded.real().fold(static_cast<int32_t>(p), static_cast<int64_t>(logs[p].size()), 50);
      before.push_back(folded.shard(p));
    }
    folded.real().fold_all(9);
    for (size_t p = 0; p < logs.size(); ++p) {
      const uint64_t again = twice[p].size() - logs[p].size();
      ShardImage expected = before[p];
      expected.state.position = Offset{static_cast<int64_t>(twice[p].size())};
      expected.state.counters.events += again;
      expected.state.counters.duplicates += again;
      const ShardImage after = folded.shard(p);
      EXPECT_EQ(after, expected) << "partition " << p << ": " << differences(after, expected);
      EXPECT_EQ(folded.kept(p).records.size(), twice[p].size());
      duplicates += again;
    }
  });
  EXPECT_GT(duplicates, 0U);
}

// Both ways of reading what left an index give the same.
TEST(Promises, DepartedEntriesAreTheSameCollectedAndStreamed) {
  const auto walk = [](query::DepartedScan scan) {
    std::vector<std::tuple<std::string, int64_t, int64_t>> found;
    for (; scan.valid(); scan.next()) {
      if (!scan.counts()) continue;
      found.emplace_back(scan.key(), store::raw(scan.entry().rid), raw(scan.entry().entered));
    }
    return found;
  };
  uint64_t departed = 0;
  each_scenario([&](const Scenario& scenario, const std::vector<Log>& logs) {
    Folded folded(scenario, logs);
    folded.real().fold_all(kUnbounded);
    query::Views views(folded.real().root());
    Random random(scenario.seed);
    for (const Partition partition : views.partitions()) {
      const store::ShardReader& shard = views.shard(partition);
      for (const index::IndexSpec& index : views.declarations().indexes) {
        query::ScanSpec spec;
        spec.index = index.id;
        spec.reverse = random.chance(50);
        spec.at = Offset{random.between(0, raw(shard.state().position))};
        store::ViewCursor cursor = shard.cursor(store::view_of(index.id));
        cursor.first();
        if (cursor.valid() && random.chance(40)) spec.range.first = cursor.key();
        cursor.last();
        if (cursor.valid() && random.chance(40)) spec.range.limit = cursor.key();
        const auto collected = walk(query::DepartedScan(shard, spec));
        spec.departed_walk_max = 0;
        EXPECT_EQ(collected, walk(query::DepartedScan(shard, spec))) << index.name;
        departed += collected.size();
      }
    }
  });
  EXPECT_GT(departed, 0U);
}

}  // namespace
}  // namespace ledger::model
