// A partition fetched through a queue that is smaller than what is there.
#include "projector/consumer/stream.h"

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

TEST(Stream, FetchesOnAsSoonAsItsFullQueueIsEmptied) {
  const test::Scenario scenario(test::BrokerKind::kEmbedded, 1);
  const std::string& address = scenario.ledger().address();
  const std::string& name = scenario.ledger().topic();
  const test::RawTopic topic(address, name);
  for (int64_t i = 0; i < kRecords; ++i) topic.write(0, "key", std::string(kRecordBytes, 'x'));
  log::Connection connection = test::connection_to(address, name);
  connection.properties.emplace_back("fetch.message.max.bytes", std::to_string(kRecordBytes));

  const auto start = Clock::now();
  Stream stream(connection, Partition{0}, Offset{1}, kRecordBytes);
  while (stream.next() <= Offset{kRecords} && Clock::now() < start + 2 * kBound) {
    stream.poll({}, milliseconds(100));
  }
  EXPECT_EQ(stream.next(), Offset{kRecords + 1});
  EXPECT_LT(Clock::now() - start, kBound);
}

}  // namespace
}  // namespace ledger::consumer
