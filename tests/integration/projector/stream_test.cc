// A partition fetched through a queue that is smaller than what is there.
#include "projector/consumer/stream.h"

#include <csignal>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "tests/integration/projector/raw_topic.h"
#include "tests/integration/projector/scenario.h"

namespace ledger::consumer {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int64_t kRecords = 40;
constexpr size_t kRecordBytes = 100'000;  // a fetch has one of them, and so has the queue
// librdkafka by itself takes 0.5 s for each on average.
constexpr std::chrono::seconds kBound{8};
constexpr milliseconds kFull{1500};    // in which it fetches again, also by itself
constexpr milliseconds kHeldUp{3000};  // of the 0.1 s that a question may take, on a loaded machine

class Stream : public testing::Test {
 protected:
  Stream() {
    const test::RawTopic topic(address_, name_);
    for (int64_t i = 0; i < kRecords; ++i) topic.write(0, "key", std::string(kRecordBytes, 'x'));
  }
  log::Connection connection() const {
    log::Connection connection = test::connection_to(address_, name_);
    connection.properties.emplace_back("fetch.message.max.bytes", std::to_string(kRecordBytes));
    return connection;
  }

  test::Scenario scenario_{test::BrokerKind::kEmbedded, 1};
  const std::string& address_ = scenario_.ledger().address();
  const std::string& name_ = scenario_.ledger().topic();
};

TEST_F(Stream, FetchesOnAsSoonAsItsFullQueueIsEmptied) {
  const auto start = Clock::now();
  consumer::Stream stream(connection(), Partition{0}, Offset{1}, kRecordBytes);
  while (stream.next() <= Offset{kRecords} && Clock::now() < start + 2 * kBound) {
    stream.poll({}, milliseconds(100));
  }
  EXPECT_EQ(stream.next(), Offset{kRecords + 1});
  EXPECT_LT(Clock::now() - start, kBound);
}

TEST_F(Stream, IsNotHeldUpByASilentBrokerWhenItsFullQueueIsEmptied) {
  consumer::Stream stream(connection(), Partition{0}, Offset{1}, kRecordBytes);
  const auto give_up = Clock::now() + kBound;
  while (stream.next() < Offset{3} && Clock::now() < give_up) {
    stream.poll({.events_max = 1}, milliseconds(100));
  }
  std::this_thread::sleep_for(kFull);
  scenario_.broker().signal(SIGSTOP);
  auto going_on = std::async(std::launch::async, [this] {
    std::this_thread::sleep_for(2 * kHeldUp);
    scenario_.broker().signal(SIGCONT);
  });
  const auto start = Clock::now();
  EXPECT_EQ(stream.poll({.events_max = 1}, milliseconds(100)).events.size(), 1);
  EXPECT_LT(Clock::now() - start, kHeldUp);
  going_on.wait();
}

}  // namespace
}  // namespace ledger::consumer
