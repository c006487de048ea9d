#include "events/log/client.h"

#include <memory>
#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "schemas/base/error.h"

namespace ledger::log {

namespace {

constexpr int kRequestTimeoutMs = 1500;  // as long as a signal may have to wait
constexpr int kPollTimeoutMs = 100;

Record record_of(const rd_kafka_message_t& message) {
  Record record;
  record.offset = Offset{message.offset};
  record.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  if (message.key != nullptr) {
    record.key.emplace(static_cast<const char*>(message.key), message.key_len);
  }
  if (message.payload != nullptr) {
    record.value.emplace(static_cast<const char*>(message.payload), message.len);
  }
  return record;
}

// Returns: nullopt when the message is an error that says nothing of the log.
std::optional<Found> found_of(const rd_kafka_message_t& message) {
  using State = Found::State;
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Found{State::kRecord, Offset{message.offset}, record_of(message)};
  }
  if (is_damage(message.err)) return Found{State::kDamaged, Offset{message.offset}, {}};
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    return Found{State::kNothing, Offset{message.offset}, {}};
  }
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) return Found{};
  return std::nullopt;
}

// Returns: null when it is not listed.
const rd_kafka_metadata_topic_t* find_topic(const rd_kafka_metadata_t& metadata,
                                            std::string_view name) {
  for (int i = 0; i < metadata.topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata.topics[i];
    if (name == topic.topic && topic.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return &topic;
  }
  return nullptr;
}

}  // namespace

// Fetching from some partitions into one queue; stops with the object.
class Client::Reading {
 public:
  Reading(Client& client, const PositionVector& from)
      : topic_(client.handle()), queue_(rd_kafka_queue_new(client.instance_.get())) {
    for (const auto& [partition, offset] : from) {
      if (rd_kafka_consume_start_queue(topic_, raw(partition), raw(offset), queue_) != 0) {
        const auto error = rd_kafka_last_error();
        stop();
        throw Error(Fault::kUnavailable,
                    fmt::format("log: cannot read {} partition {}: {}", client.connection_.topic,
                                raw(partition), rd_kafka_err2str(error)));
      }
      started_.push_back(partition);
    }
  }
  ~Reading() { stop(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  using Message = std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)>;
  Message next() {
    return {rd_kafka_consume_queue(queue_, kPollTimeoutMs), rd_kafka_message_destroy};
  }

 private:
  void stop() {
    for (const Partition partition : started_) rd_kafka_consume_stop(topic_, raw(partition));
    rd_kafka_queue_destroy(queue_);
  }

  rd_kafka_topic_t* topic_;
  rd_kafka_queue_t* queue_;
  std::vector<Partition> started_;
};

Client::Client(const Connection& connection, Retry retry, size_t fetch_bytes)
    : connection_(connection),
      retry_(std::move(retry)),
      instance_(Role::kConsumer, connection,
                {{"enable.partition.eof", "true"},
                 {"check.crcs", "true"},
                 {"isolation.level", "read_committed"},
                 {"auto.offset.reset", "error"},
                 {"fetch.wait.max.ms", "50"},
                 {"fetch.error.backoff.ms", "50"},
                 // A full queue makes the fetcher sleep for a second, also while we stop it: it
                 // never fills up; small fetches instead.
                 {"queued.min.messages", "1000000"},
                 {"fetch.message.max.bytes", std::to_string(fetch_bytes)},
                 {"topic.metadata.refresh.fast.interval.ms", "100"}}) {}

Client::~Client() {
  if (topic_ != nullptr) rd_kafka_topic_destroy(topic_);
}

rd_kafka_topic_s* Client::handle() {
  if (topic_ == nullptr) {
    topic_ = rd_kafka_topic_new(instance_.get(), connection_.topic.c_str(), nullptr);
  }
  return topic_;
}

void Client::failed(int error, const std::string& doing) {
  const std::string trouble = instance_.trouble();
  const std::string why =
      fmt::format("{}: {}", doing, trouble.empty() ? error_text(error) : trouble);
  if (is_damage(error)) {
    throw Error(Fault::kIntegrity, fmt::format("log damaged: {}; let the broker recover the batch "
                                               "from a replica or a backup",
                                               why));
  }
  if (!is_transient(error)) {
    throw Error(Fault::kUnavailable, fmt::format("log: {}; check --brokers, --topic and what the "
                                                 "cluster allows this user",
                                                 why));
  }
  retry_(why);
}

std::optional<Topic> Client::topic() {
  for (;;) {
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error = rd_kafka_metadata(instance_.get(), 1, nullptr, &metadata, kRequestTimeoutMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      failed(error, fmt::format("metadata from {}", connection_.brokers));
      continue;
    }
    const std::unique_ptr<const rd_kafka_metadata_t, void (*)(const rd_kafka_metadata_t*)> guard(
        metadata, rd_kafka_metadata_destroy);
    const rd_kafka_metadata_topic_t* const found = find_topic(*metadata, connection_.topic);
    if (found == nullptr) return std::nullopt;
    // One that is being made may be listed with an error and without its partitions.
    if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR || found->partition_cnt == 0) {
      failed(found->err == RD_KAFKA_RESP_ERR_NO_ERROR ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE
                                                      : found->err,
             fmt::format("metadata of topic {}", connection_.topic));
      continue;
    }
    return Topic{cluster_id(), found->partition_cnt};
  }
}

std::string Client::cluster_id() {
  char* text = rd_kafka_clusterid(instance_.get(), kRequestTimeoutMs);
  std::string id = text == nullptr ? "" : text;
  rd_kafka_mem_free(instance_.get(), text);
  return id;
}

// `which`: RD_KAFKA_OFFSET_BEGINNING or _END in the place of a time, which the protocol knows. Why
// so: the question for watermarks of librdkafka 2.0.2 has no end while a broker is silent, whatever
// its timeout.
PositionVector Client::offsets(const std::vector<Partition>& partitions, int64_t which) {
  for (;;) {
    const PartitionList list(
        rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const Partition partition : partitions) {
      rd_kafka_topic_partition_list_add(list.get(), connection_.topic.c_str(), raw(partition))
          ->offset = which;
    }
    auto error = rd_kafka_offsets_for_times(instance_.get(), list.get(), kRequestTimeoutMs);
    PositionVector found;
    for (int i = 0; i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& each = list->elems[i];
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = each.err;
      // What nobody answered stands as it was asked.
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR && each.offset < 0) {
        error = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
      }
      found[Partition{each.partition}] = Offset{each.offset};
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return found;
    failed(error, fmt::format("offsets of {}", connection_.topic));
  }
}

Watermarks Client::watermarks(Partition partition) {
  return watermarks(std::vector{partition}).at(partition);
}

std::map<Partition, Watermarks> Client::watermarks(const std::vector<Partition>& partitions) {
  const PositionVector low = offsets(partitions, RD_KAFKA_OFFSET_BEGINNING);
  std::map<Partition, Watermarks> found;
  for (const auto& [partition, high] : offsets(partitions, RD_KAFKA_OFFSET_END)) {
    found[partition] = {low.at(partition), high};
  }
  return found;
}

PositionVector Client::ends(const std::vector<Partition>& partitions) {
  return offsets(partitions, RD_KAFKA_OFFSET_END);
}

std::map<Partition, std::optional<Record>> Client::read(const PositionVector& at) {
  std::map<Partition, std::optional<Record>> records;
  for (auto& [partition, found] : look(at)) {
    const Offset offset = at.at(partition);
    if (found.state == Found::State::kDamaged && found.offset <= offset) {
      throw Error(
          Fault::kIntegrity,
          fmt::format("log damaged: record {} of partition {} of {} cannot be read; let the "
                      "broker recover its batch from a replica or a backup",
                      raw(offset), raw(partition), connection_.topic));
    }
    const bool exact = found.state == Found::State::kRecord && found.offset == offset;
    records.emplace(partition, exact ? std::optional(std::move(found.record)) : std::nullopt);
  }
  return records;
}

std::map<Partition, Found> Client::look(const PositionVector& at) {
  std::map<Partition, Found> found;
  while (found.size() < at.size()) {
    PositionVector missing = at;
    for (const auto& [partition, first] : found) missing.erase(partition);
    Reading reading(*this, missing);
    while (found.size() < at.size()) {
      const Reading::Message message = reading.next();
      if (message == nullptr) {
        failed(RD_KAFKA_RESP_ERR__TIMED_OUT, fmt::format("reading {}", connection_.topic));
        continue;
      }
      auto first = found_of(*message);
      if (!first) {
        failed(message->err, fmt::format("reading {}", connection_.topic));
        break;  // begin anew with what is missing
      }
      found.emplace(Partition{message->partition}, std::move(*first));
    }
  }
  return found;
}

void Client::scan(PositionVector from, const PositionVector& limits,
                  const std::function<void(Partition, Record&&)>& take) {
  const auto drop_finished = [&from, &limits] {
    std::erase_if(from, [&limits](const auto& each) {
      const auto limit = limits.find(each.first);
      return limit == limits.end() || raw(each.second) >= raw(limit->second);
    });
    return from.empty();
  };
  while (!drop_finished()) {
    Reading reading(*this, from);
    while (!from.empty()) {
      const Reading::Message message = reading.next();
      if (message == nullptr || is_transient(message->err)) {
        failed(message == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : message->err,
               fmt::format("reading {}", connection_.topic));
        if (message != nullptr) break;  // begin anew with what is missing
        continue;
      }
      const auto position = from.find(Partition{message->partition});
      if (position == from.end() || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) continue;
      take_scanned(*message, position->second, take);
      if (position->second >= limits.at(position->first)) from.erase(position);
    }
  }
}

// Moves `position` past the record of `message`.
void Client::take_scanned(const rd_kafka_message_s& message, Offset& position,
                          const std::function<void(Partition, Record&&)>& take) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR && message.offset == raw(position)) {
    take(Partition{message.partition}, record_of(message));
    position = next(position);
  } else if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR ||
             message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    throw Error(Fault::kIntegrity,
                fmt::format("topic {}: the event at {}:{} is gone; see the topic's retention",
                            connection_.topic, message.partition, raw(position)));
  } else {
    failed(message.err, fmt::format("reading {}", connection_.topic));
  }
}

}  // namespace ledger::log
