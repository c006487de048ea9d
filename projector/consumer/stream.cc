#include "projector/consumer/stream.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "projector/consumer/faults.h"
#include "schemas/base/assert.h"

namespace ledger::consumer {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kTakeMax = 1024;  // messages taken from the queue at a time
constexpr milliseconds kFillWait{5};
constexpr milliseconds kWakeWait{100};

struct TopicDeleter {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct QueueDeleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
log::Properties own_properties(size_t queue_bytes_max) {
  return {{"enable.partition.eof", "true"},
          {"check.crcs", "true"},
          {"isolation.level", "read_committed"},
          {"auto.offset.reset", "error"},
          {"enable.auto.commit", "false"},
          {"enable.auto.offset.store", "false"},
          {"allow.auto.create.topics", "false"},
          {"fetch.error.backoff.ms", "50"},
          {"topic.metadata.refresh.fast.interval.ms", "100"},
          {"queued.min.messages", "1000000"},
          {"queued.max.messages.kbytes", std::to_string(queue_bytes_max / 1024)}};
}

std::optional<std::string_view> view_of(const void* data, size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

store::KeptEvent event_of(const rd_kafka_message_t& message) {
  store::KeptEvent event;
  event.offset = Offset{message.offset};
  event.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  event.key = view_of(message.key, message.key_len);
  event.value = view_of(message.payload, message.len);
  return event;
}

}  // namespace

struct Stream::Impl {
  Impl(const log::Connection& connection, Partition the_partition, Offset from,
       size_t queue_bytes_max)
      : topic_name(connection.topic),
        partition(the_partition),
        next(from),
        wake_bytes(queue_bytes_max / 2),
        client(log::Role::kConsumer, connection, own_properties(queue_bytes_max)),
        topic(rd_kafka_topic_new(client.get(), connection.topic.c_str(), nullptr)),
        queue(rd_kafka_queue_new(client.get())) {
    start();
  }
  ~Impl() {
    drop();
    rd_kafka_consume_stop(topic.get(), raw(partition));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start();
  void drop();
  size_t take(const BatchLimits& limits, milliseconds wait, Arrived& arrived);
  void wake_if_due();
  void sort(rd_kafka_message_t* message, Arrived& arrived);
  void sort_error(const rd_kafka_message_t& message, Arrived& arrived);
  std::optional<Offset> end_seen() const;
  bool behind() const;
  std::string object() const {
    return fmt::format("partition {} of {} at offset {}", raw(partition), topic_name, raw(next));
  }
  bool full(const BatchLimits& limits) const {
    return events.size() >= limits.events_max || bytes >= limits.bytes_max;
  }

  std::string topic_name;
  Partition partition;
  Offset next;
  size_t wake_bytes;
  log::Instance client;
  std::unique_ptr<rd_kafka_topic_t, TopicDeleter> topic;
  std::unique_ptr<rd_kafka_queue_t, QueueDeleter> queue;
  std::array<rd_kafka_message_t*, kTakeMax> taken{};
  std::vector<rd_kafka_message_t*> messages;  // whose bytes `events` point to
  std::vector<store::KeptEvent> events;
  size_t bytes = 0;
  size_t bytes_since_wake = 0;
};

void Stream::Impl::start() {
  if (rd_kafka_consume_start_queue(topic.get(), raw(partition), raw(next), queue.get()) == 0) {
    return;
  }
  throw Error(Fault::kUnavailable, fmt::format("log cannot be read: {} ({}); try again", object(),
                                               log::error_text(rd_kafka_last_error())));
}

void Stream::Impl::drop() {
  for (rd_kafka_message_t* message : messages) rd_kafka_message_destroy(message);
  messages.clear();
  events.clear();
  bytes = 0;
}

std::optional<Offset> Stream::Impl::end_seen() const {
  int64_t low = RD_KAFKA_OFFSET_INVALID;
  int64_t high = RD_KAFKA_OFFSET_INVALID;
  rd_kafka_get_watermark_offsets(client.get(), topic_name.c_str(), raw(partition), &low, &high);
  if (high < 0) return std::nullopt;
  return Offset{high};
}

// Whether the log is known to have more than was taken.
bool Stream::Impl::behind() const {
  const std::optional<Offset> end = end_seen();
  return end && *end > next;
}

// Once its queue was full, librdkafka 2.0 sleeps up to 1 s and does not see that it has been
// emptied. A question to the partition's leader wakes it; the answer is of no interest. Asked as in
// log::Client: the question for watermarks has no end while a broker is silent.
void Stream::Impl::wake_if_due() {
  if (bytes_since_wake < wake_bytes || !behind()) return;
  bytes_since_wake = 0;
  const log::PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic_name.c_str(), raw(partition))->offset =
      RD_KAFKA_OFFSET_END;
  rd_kafka_offsets_for_times(client.get(), list.get(), static_cast<int>(kWakeWait.count()));
}

void Stream::Impl::sort_error(const rd_kafka_message_t& message, Arrived& arrived) {
  switch (classify(message.err)) {
    case ErrorClass::kPosition:
      arrived.position_lost = true;
      [[fallthrough]];
    case ErrorClass::kTransient:
      arrived.trouble = log::error_text(message.err);
      return;
    case ErrorClass::kDamage:
      arrived.damage = rd_kafka_message_errstr(&message);
      return;
    case ErrorClass::kFatal:
      arrived.stop = fatal_error(message.err, object());
  }
}

// Takes over `message`: into the batch, or looked at and destroyed.
void Stream::Impl::sort(rd_kafka_message_t* message, Arrived& arrived) {
  std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> owned(
      message, rd_kafka_message_destroy);
  if (arrived.ends()) return;
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    arrived.answered = true;
  } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    sort_error(*message, arrived);
  } else if (message->offset != raw(next)) {
    arrived.stop = gap_error(topic_name, partition, next, Offset{message->offset});
  } else {
    arrived.answered = true;
    events.push_back(event_of(*message));
    bytes += message->len + message->key_len;
    bytes_since_wake += message->len + message->key_len;
    next = ledger::next(next);
    messages.push_back(owned.release());
  }
}

size_t Stream::Impl::take(const BatchLimits& limits, milliseconds wait, Arrived& arrived) {
  // Batch consume waits for a full array: with time to wait, one message is asked for.
  const size_t room = std::min(limits.events_max - events.size(), kTakeMax);
  const size_t size = wait.count() > 0 ? 1 : room;
  const ssize_t count =
      rd_kafka_consume_batch_queue(queue.get(), static_cast<int>(wait.count()), taken.data(), size);
  for (ssize_t i = 0; i < count; ++i) sort(taken[static_cast<size_t>(i)], arrived);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

Stream::Stream(const log::Connection& connection, Partition partition, Offset from,
               size_t queue_bytes_max)
    : impl_(std::make_unique<Impl>(connection, partition, from, queue_bytes_max)) {}
Stream::~Stream() = default;

Arrived Stream::poll(const BatchLimits& limits, milliseconds wait) {
  Impl& impl = *impl_;
  LEDGER_ASSERT(limits.events_max > 0, "events_max {}", limits.events_max);
  impl.drop();
  Arrived arrived;
  impl.take(limits, wait, arrived);
  const auto fill_until = steady_clock::now() + limits.fill_time;
  while (!impl.full(limits) && !arrived.ends()) {
    if (impl.take(limits, milliseconds(0), arrived) > 0) continue;
    const bool fills = !impl.events.empty() && impl.behind();
    if (!fills || arrived.trouble || steady_clock::now() >= fill_until) break;
    impl.wake_if_due();
    impl.take(limits, kFillWait, arrived);
  }
  impl.wake_if_due();
  const std::string trouble = impl.client.trouble();
  if (!trouble.empty()) arrived.trouble = trouble;
  arrived.end = impl.end_seen();
  arrived.full = impl.full(limits);
  arrived.events = impl.events;
  return arrived;
}

void Stream::restart() {
  impl_->drop();
  rd_kafka_consume_stop(impl_->topic.get(), raw(impl_->partition));
  impl_->queue.reset(rd_kafka_queue_new(impl_->client.get()));
  impl_->start();
}

Offset Stream::next() const { return impl_->next; }

}  // namespace ledger::consumer
