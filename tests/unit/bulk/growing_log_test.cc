// Builds that follow kept logs while these are appended to.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/bulk/generation_build.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::bulk {
namespace {

constexpr int32_t kPartitions = 3;
constexpr int64_t kPortion = 9000;  // more than the fold waits for
constexpr int64_t kEnd = 2 * kPortion + 500;
constexpr size_t kMemory = size_t{64} << 20;

class GrowingLog : public ::testing::Test {
 protected:
  GrowingLog() : directory_(temp_.path()) {
    directory_.create();
    store::LogIdentity identity = store::sample_identity().log;
    identity.partition_count = kPartitions;
    for (int32_t p = 0; p < kPartitions; ++p) {
      identity.partition = Partition{p};
      logs_.emplace_back(directory_.log(Partition{p}), identity);
    }
  }

  // Events that no fold can decode; each is counted, and its id is its offset.
  void keep(size_t partition, int64_t count) {
    store::KeptLogWriter& log = logs_.at(partition);
    std::vector<std::string> values;
    for (int64_t i = 0; i < count; ++i) values.push_back(fmt::format("{}", raw(log.end()) + i));
    std::vector<store::KeptEvent> events;
    for (const std::string& value : values) {
      store::KeptEvent& event = events.emplace_back();
      event.offset = Offset{raw(log.end()) + static_cast<int64_t>(events.size()) - 1};
      event.timestamp_ms = 1770832800000 + raw(event.offset);
      event.key = "key";
      event.value = value;
    }
    log.append(events);
  }
  Offset end(size_t partition) const { return logs_.at(partition).end(); }

  std::unique_ptr<GenerationBuild> build(size_t threads, std::function<void()> tick) {
    return std::make_unique<GenerationBuild>(
        directory_, std::nullopt,
        BuildSettings{.what = "making",
                      .memory = kMemory,
                      .threads = threads,
                      .tick = std::move(tick),
                      .more_comes = [this] { return more_comes_.load(); }},
        messages_, interrupt_);
  }
  std::vector<store::ShardState> states(const GenerationBuild& build) const {
    std::vector<store::ShardState> states;
    for (const auto& shard : build.shards()) states.push_back(shard->state());
    return states;
  }
  // Whether it has a whole round, and nothing in memory.
  static bool is_written(const GenerationBuild& build, size_t shard) {
    const ShardWork work = build.shards().at(shard)->work();
    return work.below.base > 0 && work.events == 0;
  }
  // What a build of what is kept by now makes.
  std::vector<store::ShardState> undisturbed() {
    more_comes_ = false;
    const auto whole = build(1, [] {});
    whole->fold_to([](const ShardBuild& shard) { return shard.end(); });
    return states(*whole);
  }

  const std::function<Offset(const ShardBuild&)> to_the_end_ = [](const ShardBuild&) {
    return Offset{kEnd};
  };
  test::TempDir temp_{test::memory_directory()};
  store::ViewDirectory directory_;
  std::vector<store::KeptLogWriter> logs_;
  std::atomic<bool> more_comes_{true};
  options::Interrupt interrupt_;
  report::Messages messages_{true};
};

TEST_F(GrowingLog, IsFoldedWhileItGrowsAndWrittenAtItsEnd) {
  std::unique_ptr<GenerationBuild> following;
  const auto grow = [&] {
    for (size_t p = 0; p < kPartitions; ++p) {
      const auto folded = static_cast<int64_t>(following->shards().at(p)->folded());
      EXPECT_FALSE(is_written(*following, p) && raw(end(p)) < kEnd);
      if (raw(end(p)) < kEnd && folded == raw(end(p))) {
        keep(p, std::min(kPortion, kEnd - raw(end(p))));
      }
    }
  };
  following = build(kPartitions, grow);
  following->fold_to(to_the_end_);
  const auto made = states(*following);
  EXPECT_EQ(made.at(2).position, Offset{kEnd});
  following.reset();
  EXPECT_EQ(made, undisturbed());
}

// So that no more rounds are in memory than there are threads.
TEST_F(GrowingLog, OfAPartitionWaitsForAThreadThatIsDoneWithTheOneBefore) {
  std::unique_ptr<GenerationBuild> following;
  size_t growing = 0;
  const auto grow = [&] {
    for (size_t p = growing + 1; p < kPartitions; ++p) {
      const bool begun = following->shards().at(p)->work().begun;
      EXPECT_FALSE(begun && !is_written(*following, p - 1));
    }
    if (end(growing) == Offset{0}) keep(growing, kEnd);
    if (is_written(*following, growing) && growing + 1 < kPartitions) ++growing;
  };
  keep(kPartitions - 1, kEnd);
  following = build(1, grow);
  following->fold_to(to_the_end_);
  EXPECT_EQ(growing, static_cast<size_t>(kPartitions) - 1);
  const auto made = states(*following);
  following.reset();
  EXPECT_EQ(made, undisturbed());
}

TEST_F(GrowingLog, ThatEndsEarlierIsFoldedToItsEnd) {
  for (size_t p = 0; p < kPartitions; ++p) keep(p, 100 + static_cast<int64_t>(p));
  int ticks = 0;
  const auto following = build(2, [&] { more_comes_ = ++ticks < 5; });
  following->fold_to(to_the_end_);
  EXPECT_GE(ticks, 5) << "a hundred events were not waited for more";
  for (size_t p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(following->shards().at(p)->state().position, end(p));
  }
}

TEST_F(GrowingLog, IsLeftWhenWhoFetchesItFails) {
  keep(0, kPortion);
  const auto following = build(1, [&] { throw Error(Fault::kIncompatible, "another topic"); });
  const auto error = store::error_of([&] { following->fold_to(to_the_end_); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), Fault::kIncompatible);
}

}  // namespace
}  // namespace ledger::bulk
