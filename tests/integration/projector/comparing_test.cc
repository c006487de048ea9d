// What is held is compared with the log beside the feeds: they go on meanwhile, but not for ever,
// and not after a disagreement.
#include "projector/run/comparing.h"

#include <condition_variable>

#include <gtest/gtest.h>

#include "projector/run/feed_threads.h"
#include "projector/run/opening.h"
#include "tests/integration/projector/scenario.h"
#include "tests/support/eventually.h"
#include "tests/support/store/store_samples.h"

namespace ledger::run {
namespace {

using std::chrono::milliseconds;
using test::eventually;

constexpr milliseconds kProbePatience{500};
constexpr size_t kQueueBytes = size_t{1} << 20;

// The log's answers, held back or falsified.
class Gate : public consumer::Probe {
 public:
  explicit Gate(const log::Connection& connection)
      : log_(connection, kProbePatience, [] { return false; }) {}

  std::optional<log::Topic> topic() override { return log_.topic(); }
  std::map<Partition, log::OffsetZero> genesis(int32_t count) override {
    return log_.genesis(count);
  }
  log::Watermarks extent(Partition partition) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.wait(lock, [this] { return !closed_; });
    --waiting_;
    if (truncated_) return {Offset{0}, Offset{1}};
    lock.unlock();
    return log_.extent(partition);
  }
  std::optional<log::Record> read(Partition partition, Offset offset) override {
    return log_.read(partition, offset);
  }
  log::Found look(Partition partition, Offset from) override { return log_.look(partition, from); }

  void close() { set(closed_, true); }
  void open() { set(closed_, false); }
  void truncate() { set(truncated_, true); }
  int waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  void set(bool& what, bool value) {
    const std::lock_guard lock(mutex_);
    what = value;
    changed_.notify_all();
  }

  consumer::LogProbe log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  bool truncated_ = false;
  int waiting_ = 0;
};

// One partition of the embedded broker, followed.
class ComparingTest : public testing::Test {
 protected:
  void follow(const CompareTimes& times, Feed::Clock::time_point agreed_at = Feed::Clock::now(),
              std::optional<Offset> keep_to = std::nullopt) {
    const auto identity = guards_.identify(std::nullopt);
    directory_.create();
    shards_ = open_shards(directory_, identity, {});
    feeds_.push_back(std::make_unique<Feed>(keep_to, *shards_[0], guards_, connection_,
                                            consumer::BatchLimits{}, kQueueBytes, agreed_at,
                                            times));
    comparing_.emplace(feeds_, [this](const auto& held) { return guards_.differing(held); });
    threads_.emplace(feeds_, 1, [this] { gate_.open(); });
  }
  Offset folded() const { return feeds_[0]->position(); }
  void send_one() { scenario_.send(test::play_line(++sent_, "u1")); }
  // Sends until as many as that wait at the gate.
  bool waits_for_the_gate(int count) {
    return eventually([&] {
      if (gate_.waiting() < count) send_one();
      return gate_.waiting() == count;
    });
  }

  const test::Scenario scenario_{test::BrokerKind::kEmbedded, 1};
  const log::Connection connection_ =
      test::connection_to(scenario_.ledger().address(), scenario_.ledger().topic());
  const store::ViewDirectory directory_{scenario_.path()};
  Gate gate_{connection_};
  consumer::Guards guards_{gate_, connection_.topic, "views"};
  std::vector<std::unique_ptr<shard::Shard>> shards_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::optional<Comparing> comparing_;
  std::optional<FeedThreads> threads_;
  int sent_ = 0;
};

TEST_F(ComparingTest, FoldsOnWhileTheBrokersAreAsked) {
  follow({.interval = milliseconds(1), .within = std::chrono::hours(1)});
  gate_.close();
  ASSERT_TRUE(waits_for_the_gate(1));
  const Offset before = folded();
  send_one();
  EXPECT_TRUE(eventually([&] { return folded() > before; }));
  EXPECT_EQ(gate_.waiting(), 1);
  threads_->join();
}

TEST_F(ComparingTest, FoldsNothingOnceTheLastAgreementIsTooOld) {
  follow({.interval = milliseconds(1), .within = milliseconds(200)});
  gate_.close();
  ASSERT_TRUE(waits_for_the_gate(2));  // the feed itself waits too
  const Offset before = folded();
  send_one();
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(folded(), before);
  gate_.open();
  EXPECT_TRUE(eventually([&] { return raw(folded()) == sent_ + 1; }));
  threads_->join();
}

// As behind a fill, which may take minutes.
TEST_F(ComparingTest, FoldsNothingBeforeWhatWasHeldLongAgoHasAgreedAgain) {
  gate_.close();
  follow({.interval = milliseconds(1), .within = milliseconds(200)},
         Feed::Clock::now() - milliseconds(200));
  ASSERT_TRUE(waits_for_the_gate(1));  // the feed itself
  EXPECT_EQ(folded(), Offset{0});
  gate_.open();
  EXPECT_TRUE(eventually([&] { return raw(folded()) == sent_ + 1; }));
  threads_->join();
}

constexpr CompareTimes kNever{.interval = std::chrono::hours(1), .within = std::chrono::hours(1)};

// A fill publishes once all feeds are whole.
TEST_F(ComparingTest, WhatIsKeptLastHasAgreedWhenTheFeedIsWhole) {
  send_one();
  gate_.close();
  follow(kNever, Feed::Clock::now(), Offset{2});
  EXPECT_TRUE(eventually([&] { return gate_.waiting() == 1; }));  // the feed itself
  EXPECT_EQ(store::KeptLogReader(directory_.log(Partition{0})).end(), Offset{2});
  EXPECT_FALSE(feeds_[0]->whole());
  gate_.open();
  EXPECT_TRUE(eventually([&] { return feeds_[0]->whole(); }));
  EXPECT_EQ(folded(), Offset{0});
  threads_->join();
}

TEST_F(ComparingTest, NoFeedIsWholeWhoseLastEventDiffers) {
  send_one();
  gate_.truncate();
  follow(kNever, Feed::Clock::now(), Offset{2});
  EXPECT_TRUE(eventually([&] { return threads_->failed(); }));
  EXPECT_FALSE(feeds_[0]->whole());
  EXPECT_EQ(store::fault_of([&] { threads_->join(); }), Fault::kIntegrity);
}

TEST_F(ComparingTest, DisagreementStopsTheFeedWithItsError) {
  follow({.interval = milliseconds(1), .within = std::chrono::hours(1)});
  gate_.truncate();
  EXPECT_TRUE(eventually([&] {
    if (!threads_->failed()) send_one();
    return threads_->failed();
  }));
  const auto error = store::error_of([&] { threads_->join(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), Fault::kIntegrity);
}

}  // namespace
}  // namespace ledger::run
