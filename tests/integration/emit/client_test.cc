// The read side, on a mock cluster inside this process.
#include "events/log/client.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
// After rdkafka.h, which it builds on.
#include <librdkafka/rdkafka_mock.h>

namespace ledger::log {
namespace {

// Topics whose state is under the test's control.
class Mock {
 public:
  Mock()
      : handle_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)),
        cluster_(rd_kafka_mock_cluster_new(handle_, 1)) {}
  ~Mock() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }
  Mock(const Mock&) = delete;
  Mock& operator=(const Mock&) = delete;

  rd_kafka_mock_cluster_t* get() const { return cluster_; }
  std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

 private:
  rd_kafka_t* handle_;
  rd_kafka_mock_cluster_t* cluster_;
};

TEST(Client, ATopicThatIsListedWithoutItsPartitionsIsWaitedFor) {
  const Mock mock;
  ASSERT_EQ(rd_kafka_mock_topic_create(mock.get(), "listed", 2, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_mock_topic_set_error(mock.get(), "listed", RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  int retries = 0;
  Client client({mock.address(), "listed", {}}, [&](const std::string&) {
    ++retries;
    rd_kafka_mock_topic_set_error(mock.get(), "listed", RD_KAFKA_RESP_ERR_NO_ERROR);
  });
  const auto topic = client.topic();
  ASSERT_TRUE(topic);
  EXPECT_EQ(topic->partition_count, 2);
  EXPECT_GE(retries, 1);
}

TEST(Client, ATopicThatIsNotListedIsNotThere) {
  const Mock mock;
  Client client({mock.address(), "nowhere", {}}, [](const std::string&) {});
  EXPECT_FALSE(client.topic());
}

}  // namespace
}  // namespace ledger::log
