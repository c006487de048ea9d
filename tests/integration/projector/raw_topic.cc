#include "tests/integration/projector/raw_topic.h"

#include <array>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include <librdkafka/rdkafka.h>

#include "events/log/topic_settings.h"
#include "tests/support/ledger.h"

namespace ledger::test {

namespace {

constexpr int kTimeoutMs = 20000;

void check(rd_kafka_resp_err_t error, const std::string& what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  throw std::runtime_error(what + ": " + rd_kafka_err2str(error));
}

using Handle = std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)>;
using Queue = std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)>;
using Answer = std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)>;

Handle producer(const std::string& address) {
  std::array<char, 512> reason{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", address.c_str(), reason.data(), reason.size());
  rd_kafka_conf_set(conf, "acks", "all", reason.data(), reason.size());
  rd_kafka_conf_set_log_cb(conf, nullptr);
  rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
  if (handle == nullptr) throw std::runtime_error(reason.data());
  return {handle, rd_kafka_destroy};
}

// One request to the brokers' administration; its answer, which is no error as a whole.
Answer ask(const std::string& address,
           const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& request) {
  const Handle handle = producer(address);
  const Queue queue(rd_kafka_queue_new(handle.get()), rd_kafka_queue_destroy);
  request(handle.get(), queue.get());
  Answer answer(rd_kafka_queue_poll(queue.get(), kTimeoutMs), rd_kafka_event_destroy);
  if (!answer) throw std::runtime_error("no answer from " + address);
  check(rd_kafka_event_error(answer.get()), rd_kafka_event_error_string(answer.get()));
  return answer;
}

void check_topics(const rd_kafka_topic_result_t** results, size_t count, const std::string& what) {
  for (size_t i = 0; i < count; ++i) check(rd_kafka_topic_result_error(results[i]), what);
}

}  // namespace

RawTopic::RawTopic(std::string address, std::string topic)
    : producer_(producer(address)), address_(std::move(address)), topic_(std::move(topic)) {}

void RawTopic::write(int partition, const std::optional<std::string>& key,
                     const std::optional<std::string>& value, int64_t timestamp_ms) const {
  std::string copy = value.value_or("");
  std::string key_copy = key.value_or("");
  std::array<rd_kafka_vu_t, 6> record{};
  record[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  record[0].u.cstr = topic_.c_str();
  record[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  record[1].u.i32 = partition;
  record[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  record[2].u.i = RD_KAFKA_MSG_F_COPY;
  record[3].vtype = RD_KAFKA_VTYPE_VALUE;
  record[3].u.mem = {value ? copy.data() : nullptr, copy.size()};
  record[4].vtype = RD_KAFKA_VTYPE_KEY;
  record[4].u.mem = {key ? key_copy.data() : nullptr, key_copy.size()};
  record[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  record[5].u.i64 = timestamp_ms;
  rd_kafka_error_t* const error = rd_kafka_produceva(producer_.get(), record.data(), record.size());
  const auto code = rd_kafka_error_code(error);
  if (error != nullptr) rd_kafka_error_destroy(error);
  check(code, "produce to " + topic_);
  check(rd_kafka_flush(producer_.get(), kTimeoutMs), "produce to " + topic_);
}

void RawTopic::create(int partitions) const {
  log::Client client(connection_to(address_, topic_), bounded_retry());
  if (!log::create_topic(client, {partitions, 1, 1})) throw std::runtime_error(topic_ + " exists");
}

void RawTopic::remove() const {
  rd_kafka_DeleteTopic_t* request = rd_kafka_DeleteTopic_new(topic_.c_str());
  const Answer answer = ask(address_, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopics(handle, &request, 1, nullptr, queue);
    rd_kafka_DeleteTopic_destroy(request);
  });
  size_t count = 0;
  check_topics(
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer.get()), &count),
      count, "delete " + topic_);
  log::Client client(connection_to(address_, topic_), bounded_retry());
  const log::Retry retry = bounded_retry();
  while (client.topic()) retry(topic_ + " is still listed");
}

void RawTopic::grow(int partitions) const {
  std::array<char, 512> reason{};
  rd_kafka_NewPartitions_t* request = rd_kafka_NewPartitions_new(
      topic_.c_str(), static_cast<size_t>(partitions), reason.data(), reason.size());
  const Answer answer = ask(address_, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    rd_kafka_CreatePartitions(handle, &request, 1, nullptr, queue);
    rd_kafka_NewPartitions_destroy(request);
  });
  size_t count = 0;
  check_topics(rd_kafka_CreatePartitions_result_topics(
                   rd_kafka_event_CreatePartitions_result(answer.get()), &count),
               count, "grow " + topic_);
  log::Client client(connection_to(address_, topic_), bounded_retry());
  const log::Retry retry = bounded_retry();
  while (client.topic()->partition_count != partitions) retry(topic_ + " has not grown");
}

void RawTopic::delete_before(Partition partition, Offset offset) const {
  rd_kafka_topic_partition_list_t* before = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(before, topic_.c_str(), raw(partition))->offset = raw(offset);
  rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(before);
  rd_kafka_topic_partition_list_destroy(before);
  const Answer answer = ask(address_, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteRecords(handle, &request, 1, nullptr, queue);
    rd_kafka_DeleteRecords_destroy(request);
  });
  const rd_kafka_topic_partition_list_t* done =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(answer.get()));
  check(done->elems[0].err, "delete records of " + topic_);
}

}  // namespace ledger::test
