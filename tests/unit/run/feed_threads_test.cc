#include "projector/run/feed_threads.h"

#include <algorithm>
#include <atomic>

#include <gtest/gtest.h>

#include "projector/run/opening.h"
#include "tests/support/consumer/fake_log.h"
#include "tests/support/eventually.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::run {
namespace {

using std::chrono::milliseconds;
using test::eventually;

constexpr int32_t kPartitions = 3;
constexpr size_t kQueueBytes = size_t{1} << 20;

// Feeds of three partitions whose broker refuses connections, over a log that answers the guards.
class FeedThreadsTest : public testing::Test {
 protected:
  FeedThreadsTest() {
    directory_.create();
    open({});
  }

  void open(const shard::BatchBounds& bounds) {
    feeds_.clear();
    shards_.clear();
    store::LogIdentity log = store::sample_identity().log;
    log.partition_count = kPartitions;
    shards_ = open_shards(directory_, log, bounds);
    make_feeds();
  }

  void make_feeds() {
    feeds_.clear();
    for (const auto& shard : shards_) {
      feeds_.push_back(std::make_unique<Feed>(std::nullopt, *shard, guards_, connection_,
                                              consumer::BatchLimits{}, kQueueBytes));
    }
  }

  // A log of `count` events a partition, all kept by an earlier run, which folded none.
  void keep(int64_t count, const shard::BatchBounds& bounds) {
    log_.fill(count);
    open(bounds);
    for (const auto& shard : shards_) {
      std::vector<store::KeptEvent> events;
      for (const log::Record& record : log_.partitions.at(shard->partition()).events) {
        store::KeptEvent& event = events.emplace_back();
        event.offset = record.offset;
        event.timestamp_ms = record.timestamp_ms;
        event.key = record.key;
        event.value = record.value;
      }
      shard->keep(events);
    }
    make_feeds();
  }

  test::TempDir temp_{test::memory_directory()};
  const store::ViewDirectory directory_{temp_.path()};
  // Port 1 of the loopback: nobody listens there.
  const log::Connection connection_{"127.0.0.1:1", "topic-1", {}};
  test::FakeLog log_{kPartitions};
  consumer::Guards guards_{log_, "topic-1", "views"};
  std::vector<std::unique_ptr<shard::Shard>> shards_;
  std::vector<std::unique_ptr<Feed>> feeds_;
};

class FeedThreadsOf : public FeedThreadsTest, public testing::WithParamInterface<size_t> {};

INSTANTIATE_TEST_SUITE_P(Threads, FeedThreadsOf, testing::Values(0, 1, 2, 3, 100));

TEST_P(FeedThreadsOf, StepEveryFeedAndStopWhileBrokersAreAway) {
  log_.away = true;
  std::atomic<int> stops{0};
  FeedThreads threads(feeds_, GetParam(), [&] { ++stops; });
  // A feed that waits holds its thread, so with fewer threads the first feed of each waits.
  const size_t waiting = std::clamp<size_t>(GetParam(), 1, feeds_.size());
  EXPECT_TRUE(eventually([&] {
    return static_cast<size_t>(std::count_if(feeds_.begin(), feeds_.end(), [](const auto& feed) {
             return !feed->waiting().empty();
           })) >= waiting;
  }));
  EXPECT_FALSE(threads.failed());
  EXPECT_EQ(stops, 0);
  threads.join();
  EXPECT_EQ(stops, 1);
  for (const auto& feed : feeds_) EXPECT_EQ(feed->position(), Offset{0});
}

TEST_P(FeedThreadsOf, FoldWhatIsKeptWhileBrokersAreAway) {
  log_.away = true;
  keep(200, {.events_max = 7});
  FeedThreads threads(feeds_, GetParam(), [] {});
  for (const auto& feed : feeds_) {
    // A feed that waits for brokers holds its thread, and with it the feeds behind it.
    if (GetParam() < feeds_.size() && feed != feeds_.front()) break;
    EXPECT_TRUE(eventually([&] { return feed->position() == Offset{200}; }));
    EXPECT_EQ(feed->done(), Offset{200});
  }
  threads.join();
}

TEST_F(FeedThreadsTest, FoldWhatIsKeptSideBySideAndStopInTheMiddleOfIt) {
  constexpr Offset kEnd{30000};
  keep(raw(kEnd), {.events_max = 1});
  FeedThreads threads(feeds_, 1, [] {});
  EXPECT_TRUE(eventually([&] {
    return std::all_of(feeds_.begin(), feeds_.end(),
                       [](const auto& feed) { return feed->position() > Offset{0}; });
  }));
  threads.join();
  for (const auto& feed : feeds_) EXPECT_LT(feed->position(), kEnd);
}

TEST_F(FeedThreadsTest, ErrorOfOneFeedIsToldAndThrownByJoin) {
  log_.partitions.at(Partition{1}).low = Offset{5};  // the guards find a gap
  FeedThreads threads(feeds_, kPartitions, [] {});
  EXPECT_TRUE(eventually([&] { return threads.failed(); }));
  const auto error = store::error_of([&] { threads.join(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), Fault::kIntegrity);
}

TEST_F(FeedThreadsTest, EndsWithoutAWordWhenItsOwnerLeaves) {
  log_.partitions.at(Partition{1}).low = Offset{5};
  std::atomic<int> stops{0};
  {
    const FeedThreads threads(feeds_, kPartitions, [&] { ++stops; });
    EXPECT_TRUE(eventually([&] { return threads.failed(); }));
  }
  EXPECT_EQ(stops, 1);
}

}  // namespace
}  // namespace ledger::run
