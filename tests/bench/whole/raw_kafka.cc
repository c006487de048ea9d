// bench_raw_kafka produce BROKERS TOPIC PARTITIONS < events.ndjson
// bench_raw_kafka consume BROKERS TOPIC PARTITIONS
// What librdkafka alone does with the bytes of the ledger: the bound beside `send` and the first
// build. Prints {"events":N,"bytes":N,"seconds":S}; encoding and process start are not in it.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "schemas/event/codec.h"
#include "schemas/event/json.h"
#include "schemas/event/partition.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kBatch = 10'000;
constexpr int kPollMs = 50;
constexpr int kMetadataMs = 10'000;

struct Settings {
  std::string brokers;
  std::string topic;
  int32_t partitions = 0;
};

struct Message {
  int32_t partition = 0;
  std::string key;
  std::string value;
};

struct Counted {
  uint64_t events = 0;
  uint64_t bytes = 0;
};

using Properties = std::vector<std::pair<const char*, const char*>>;

rd_kafka_t* open(rd_kafka_type_t type, const Settings& settings, const Properties& properties,
                 void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr,
                 void* opaque = nullptr) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[512];
  const auto set = [&](const char* name, const char* value) {
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why);
  };
  set("bootstrap.servers", settings.brokers.c_str());
  for (const auto& [name, value] : properties) set(name, value);
  rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  rd_kafka_conf_set_opaque(conf, opaque);
  rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof why);
  if (client == nullptr) throw std::runtime_error(why);
  return client;
}

std::vector<Message> encode_lines(std::istream& lines, int32_t partitions) {
  std::vector<Message> messages;
  ledger::event::LineParser parser({});
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = parser.parse(line, 1.0);
    const auto* event = std::get_if<ledger::event::Event>(&parsed);
    if (event == nullptr) throw std::runtime_error("invalid line: " + line);
    Message& message = messages.emplace_back();
    message.key = ledger::event::content_id(event->payload);
    message.partition = static_cast<int32_t>(ledger::event::partition_of(message.key, partitions));
    ledger::event::encode(*event, message.value);
  }
  return messages;
}

struct Delivery {
  uint64_t good = 0;
  uint64_t bad = 0;
};

void count_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& delivery = *static_cast<Delivery*>(opaque);
  ++(message->err == 0 ? delivery.good : delivery.bad);
}

void hand_over(rd_kafka_t* client, rd_kafka_topic_t* topic, const Message& message) {
  while (rd_kafka_produce(topic, message.partition, RD_KAFKA_MSG_F_COPY,
                          const_cast<char*>(message.value.data()), message.value.size(),
                          message.key.data(), message.key.size(), nullptr) != 0) {
    if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      throw std::runtime_error(rd_kafka_err2str(rd_kafka_last_error()));
    rd_kafka_poll(client, kPollMs);
  }
}

// Properties as `ledger-emit send` has them, but for the batches: the best that was found by hand.
Counted produce(const Settings& settings, const std::vector<Message>& messages) {
  Delivery delivery;
  rd_kafka_t* client = open(RD_KAFKA_PRODUCER, settings,
                            {{"enable.idempotence", "true"},
                             {"acks", "all"},
                             {"compression.type", "lz4"},
                             {"linger.ms", "20"},
                             {"batch.num.messages", "100000"},
                             {"queue.buffering.max.messages", "1000000"}},
                            count_delivery, &delivery);
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client, settings.topic.c_str(), nullptr);
  Counted counted;
  for (const Message& message : messages) {
    hand_over(client, topic, message);
    counted.bytes += message.value.size() + message.key.size();
    if ((++counted.events & 1023) == 0) rd_kafka_poll(client, 0);
  }
  while (delivery.good + delivery.bad < messages.size()) rd_kafka_poll(client, kPollMs);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(client);
  if (delivery.bad != 0) throw std::runtime_error("messages were not delivered");
  return counted;
}

// One partition from its start to the end it has now.
Counted consume_partition(const Settings& settings, int32_t partition) {
  rd_kafka_t* client = open(RD_KAFKA_CONSUMER, settings,
                            {{"group.id", "bench"},
                             {"enable.auto.commit", "false"},
                             {"enable.auto.offset.store", "false"},
                             {"check.crcs", "true"},
                             {"auto.offset.reset", "error"},
                             {"enable.partition.eof", "true"},
                             {"queued.min.messages", "1000000"},
                             {"queued.max.messages.kbytes", "262144"},
                             {"fetch.message.max.bytes", "8388608"},
                             {"fetch.wait.max.ms", "50"}});
  rd_kafka_poll_set_consumer(client);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, settings.topic.c_str(), partition)->offset = 0;
  rd_kafka_assign(client, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client);
  std::vector<rd_kafka_message_t*> batch(kBatch);
  Counted counted;
  for (bool at_end = false; !at_end;) {
    const ssize_t got = rd_kafka_consume_batch_queue(queue, kPollMs, batch.data(), batch.size());
    for (ssize_t i = 0; i < got; ++i) {
      rd_kafka_message_t* message = batch[static_cast<size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        at_end = true;
      } else if (message->err == 0) {
        ++counted.events;
        counted.bytes += message->len + message->key_len;
      }
      rd_kafka_message_destroy(message);
    }
  }
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(client);
  rd_kafka_destroy(client);
  return counted;
}

// A client per partition: one client for all is slower.
Counted consume(const Settings& settings) {
  std::vector<Counted> parts(static_cast<size_t>(settings.partitions));
  std::vector<std::thread> threads;
  for (int32_t p = 0; p < settings.partitions; ++p)
    threads.emplace_back(
        [&, p] { parts[static_cast<size_t>(p)] = consume_partition(settings, p); });
  for (std::thread& thread : threads) thread.join();
  Counted all;
  for (const Counted& part : parts) {
    all.events += part.events;
    all.bytes += part.bytes;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::fputs("usage: bench_raw_kafka produce|consume BROKERS TOPIC PARTITIONS\n", stderr);
    return 2;
  }
  std::ios::sync_with_stdio(false);
  const Settings settings{argv[2], argv[3], std::stoi(argv[4])};
  const bool producing = std::string(argv[1]) == "produce";
  std::vector<Message> messages;
  if (producing) messages = encode_lines(std::cin, settings.partitions);
  const Clock::time_point begin = Clock::now();
  const Counted counted = producing ? produce(settings, messages) : consume(settings);
  const std::chrono::duration<double> took = Clock::now() - begin;
  fmt::print("{{\"events\":{},\"bytes\":{},\"seconds\":{:.4f}}}\n", counted.events, counted.bytes,
             took.count());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_raw_kafka: %s\n", error.what());
  return 1;
}
