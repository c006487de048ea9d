// The producer's own faults, on a mock cluster inside this process.
#include "events/producer.h"

#include <deque>
#include <string>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include "tests/support/ledger.h"

namespace ledger::events {
namespace {

using test::EmbeddedBroker;

using Values = std::deque<std::string>;  // outlive the producer

// Sends the numbers to partition 0.
void send_numbers(Producer& producer, int from, int limit, Values& values) {
  for (int i = from; i < limit; ++i) {
    producer.send(Partition{0}, "key", values.emplace_back(std::to_string(i)));
  }
}

int take_all(Producer& producer, int count) {
  const log::Retry retry = test::bounded_retry();
  int taken = 0;
  while (taken < count && !producer.failure()) {
    producer.poll();
    while (producer.take()) ++taken;
    if (taken < count) retry("not acknowledged");
  }
  return taken;
}

TEST(Producer, AFatalErrorIsSurvivedAndNothingIsLostOrReordered) {
  const EmbeddedBroker broker(1, "numbers");
  Values values;
  Producer producer(test::connection_to(broker.address(), "numbers"));
  send_numbers(producer, 0, 100, values);
  ASSERT_EQ(take_all(producer, 100), 100);
  send_numbers(producer, 100, 200, values);
  rd_kafka_test_fatal_error(producer.instance().get(),
                            RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "made up");
  ASSERT_EQ(take_all(producer, 100), 100);
  EXPECT_EQ(producer.renewals(), 1U);

  // Resent values may stand twice; their first occurrences are in order and complete.
  int expected = 0;
  const auto log = test::read_log(broker.address(), "numbers");
  for (const std::string& value : log.at(Partition{0})) {
    if (value == std::to_string(expected)) ++expected;
    EXPECT_LT(std::stoi(value), expected);
  }
  EXPECT_EQ(expected, 200);
}

TEST(Producer, WhatWasNotAcknowledgedIsToldAfterStop) {
  const EmbeddedBroker broker(1, "numbers");
  Values values;
  Producer producer(test::connection_to(broker.address(), "numbers"));
  send_numbers(producer, 0, 1, values);
  ASSERT_EQ(take_all(producer, 1), 1);
  producer.send(Partition{0}, "key", "late");
  EXPECT_GT(producer.bytes_in_flight(), 0U);
  producer.stop();
  EXPECT_EQ(producer.take_unfinished(), std::nullopt);
  EXPECT_EQ(producer.bytes_in_flight(), 0U);
}

TEST(Producer, APartitionThatIsNotThereStopsIt) {
  const EmbeddedBroker broker(1, "numbers");
  Values values;
  Producer producer(test::connection_to(broker.address(), "numbers"));
  send_numbers(producer, 0, 1, values);
  ASSERT_EQ(take_all(producer, 1), 1);
  producer.send(Partition{5}, "key", "value");
  EXPECT_EQ(take_all(producer, 1), 0);
  ASSERT_TRUE(producer.failure());
  EXPECT_EQ(producer.failure()->fault(), Fault::kIncompatible);
}

}  // namespace
}  // namespace ledger::events
