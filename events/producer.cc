#include "events/producer.h"

#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "schemas/base/assert.h"

namespace ledger::events {

namespace {

// What a queued message costs beside its bytes, here and in librdkafka.
constexpr size_t kMessageOverheadBytes = 400;
constexpr uint32_t kRenewalsMax = 100;  // in a row

const log::Properties kOwn = {{"enable.idempotence", "true"},
                              {"acks", "all"},
                              {"message.timeout.ms", "0"},
                              // The bound on memory is the caller's, by bytes_in_flight().
                              {"queue.buffering.max.messages", "10000000"},
                              {"queue.buffering.max.kbytes", "2097151"}};

// Defaults that -X may change.
const log::Properties kDefaults = {{"linger.ms", "5"},
                                   {"compression.type", "lz4"},
                                   {"topic.metadata.propagation.max.ms", "300000"}};

log::Connection with_defaults(log::Connection connection) {
  connection.properties.insert(connection.properties.begin(), kDefaults.begin(), kDefaults.end());
  return connection;
}

}  // namespace

Producer::Producer(const log::Connection& connection) : connection_(with_defaults(connection)) {
  open();
}

Producer::~Producer() { close(); }

void Producer::open() {
  instance_ = std::make_unique<log::Instance>(log::Role::kProducer, connection_, kOwn);
  instance_->notify(ready_.get());
  topic_ = rd_kafka_topic_new(instance_->get(), connection_.topic.c_str(), nullptr);
}

void Producer::close() {
  if (instance_ == nullptr) return;
  rd_kafka_topic_destroy(topic_);
  instance_.reset();
}

void Producer::send(Partition partition, std::optional<std::string_view> key,
                    std::string_view value) {
  messages_.push_back({partition, key, value, false, {}});
  bytes_ += cost(messages_.back());
  hand_over();
}

void Producer::poll() {
  ready_.clear();
  if (instance_ == nullptr) return;  // stopped, or it could not be renewed
  serve();
  const std::string fatal = instance_->fatal();
  if (!fatal.empty()) renew(fatal);
  hand_over();
}

void Producer::serve() {
  instance_->serve([this](const rd_kafka_message_t& message) { delivered(message); });
}

// Gives librdkafka what it has not yet, as far as it takes it.
void Producer::hand_over() {
  while (!failure_ && next_ < first_ + messages_.size()) {
    Message& message = messages_[next_ - first_];
    const auto sequence =
        reinterpret_cast<void*>(next_);  // NOLINT: an opaque number for the report
    if (!message.acknowledged &&
        rd_kafka_produce(topic_, raw(message.partition), 0, const_cast<char*>(message.value.data()),
                         message.value.size(), message.key ? message.key->data() : nullptr,
                         message.key ? message.key->size() : 0, sequence) != 0) {
      const auto error = rd_kafka_last_error();
      if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL || error == RD_KAFKA_RESP_ERR__FATAL) return;
      fail(error, message.value.size());
      return;
    }
    ++next_;
  }
}

void Producer::delivered(const rd_kafka_message_s& report) {
  const auto sequence = reinterpret_cast<uint64_t>(report._private);
  LEDGER_ASSERT(sequence >= first_ && sequence < first_ + messages_.size(), "{} of [{}, {})",
                sequence, first_, first_ + messages_.size());
  Message& message = messages_[sequence - first_];
  if (report.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    message.acknowledged = true;
    renewals_in_vain_ = 0;
    if (report.offset >= 0) message.offset = Offset{report.offset};
  } else if (instance_->fatal().empty()) {
    fail(report.err, message.value.size());
  }
}

void Producer::renew(const std::string& why) {
  ++renewals_;
  if (++renewals_in_vain_ > kRenewalsMax) {
    failure_.emplace(
        Fault::kUnavailable,
        fmt::format("log: the producer failed {} times in a row, at last with: {}; see "
                    "the brokers' logs",
                    renewals_in_vain_, why));
    return;
  }
  close();
  try {
    open();
  } catch (const Error& error) {
    failure_.emplace(error);
    return;
  }
  next_ = first_;
}

void Producer::fail(int error, size_t value_bytes) {
  if (failure_) return;
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      failure_.emplace(Fault::kIncompatible,
                       fmt::format("topic {}: an event of {} bytes is refused; raise its "
                                   "max.message.bytes to at least 1 MiB",
                                   connection_.topic, value_bytes));
      return;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      failure_.emplace(Fault::kIncompatible,
                       fmt::format("topic {}: it or a partition of it is gone ({}); was it deleted "
                                   "or made again?",
                                   connection_.topic, log::error_text(error)));
      return;
    default:
      failure_.emplace(Fault::kUnavailable,
                       fmt::format("topic {}: the brokers refuse an event: {}; check what this "
                                   "user may do",
                                   connection_.topic, log::error_text(error)));
  }
}

std::optional<Producer::Acknowledged> Producer::take() {
  if (messages_.empty() || !messages_.front().acknowledged) return std::nullopt;
  const Acknowledged acknowledged{messages_.front().partition, messages_.front().offset};
  drop_oldest();
  return acknowledged;
}

void Producer::stop() {
  if (instance_ == nullptr) return;
  serve();
  close();
}

std::optional<Producer::Acknowledged> Producer::take_unfinished() {
  LEDGER_ASSERT(instance_ == nullptr && !messages_.empty(), "{} messages, {}", messages_.size(),
                instance_ == nullptr ? "stopped" : "not stopped");
  auto acknowledged = take();
  if (!acknowledged) drop_oldest();
  return acknowledged;
}

size_t Producer::cost(const Message& message) {
  return (message.key ? message.key->size() : 0) + message.value.size() + kMessageOverheadBytes;
}

void Producer::drop_oldest() {
  bytes_ -= cost(messages_.front());
  messages_.pop_front();
  ++first_;
}

}  // namespace ledger::events
