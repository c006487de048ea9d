// bench_peer_load BROKERS TOPIC PARTITIONS < events.ndjson: makes the topic if need be; the events
// of the ledger in the peers' form (wire.h), in the same order and partitions. A contentChanged
// becomes one message per audio that its content has, so that no peer needs a scan. Prints
// {"events":N,"messages":N,"bytes":N}.
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "schemas/event/json.h"
#include "tests/bench/peer/wire.h"

namespace {

using namespace ledger::peer;
namespace event = ledger::event;

constexpr int kPollMs = 50;

struct Loader {
  rd_kafka_t* client = nullptr;
  rd_kafka_topic_t* topic = nullptr;
  std::unordered_map<std::string, std::vector<std::string>> audios;  // contentId -> audio ids
  std::string message;
  uint64_t messages = 0;
  uint64_t bytes = 0;

  void begin(Kind kind, const event::Event& of, std::string_view content, std::string_view audio) {
    message.assign(kBodyAt, '\0');
    message[0] = static_cast<char>(kind);
    store(&message[kTimeAt], static_cast<uint64_t>(of.occurred_at));
    std::memcpy(&message[kEventIdAt], of.event_id.data(), of.event_id.size());
    content.copy(&message[kContentAt], kIdBytes);
    audio.copy(&message[kAudioAt], kIdBytes);
  }

  void append(std::string_view text, size_t bytes_wanted) {
    message.append(text.substr(0, bytes_wanted));
    message.resize(message.size() + bytes_wanted - std::min(text.size(), bytes_wanted), '\0');
  }

  void send() {
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message.data(),
                            message.size(), &message[kContentAt], kIdBytes, nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        throw std::runtime_error(rd_kafka_err2str(rd_kafka_last_error()));
      rd_kafka_poll(client, kPollMs);
    }
    bytes += message.size() + kIdBytes;
    if ((++messages & 1023) == 0) rd_kafka_poll(client, 0);
  }
};

void load(Loader& to, const event::Event& of, const event::AudioCreated& created) {
  to.audios[std::string(created.content_id)].emplace_back(created.content_audio_id);
  to.begin(Kind::kCreated, of, created.content_id, created.content_audio_id);
  to.message[kTypeAt] = static_cast<char>(created.content_type);
  to.message[kLocaleAt] = static_cast<char>(created.locale);
  to.append(created.content_hash, kHashBytes);
  to.append(created.voice_id, kVoiceBytes);
  to.send();
}

void load(Loader& to, const event::Event& of, const event::StatusChanged& changed) {
  to.begin(Kind::kStatus, of, changed.content_id, changed.content_audio_id);
  to.message[kStatusAt] = static_cast<char>(static_cast<int>(changed.status) - 1);
  const std::string_view script = changed.script.value_or("");
  store(&to.message[kScriptBytesAt], static_cast<uint32_t>(script.size()));
  to.append(script, script.size());
  to.send();
}

void load(Loader& to, const event::Event& of, const event::ContentChanged& changed) {
  for (const std::string& audio : to.audios[std::string(changed.content_id)]) {
    to.begin(Kind::kHash, of, changed.content_id, audio);
    to.append(changed.content_hash, kHashBytes);
    to.send();
  }
}

void load(Loader& to, const event::Event& of, const event::PlayRecorded& played) {
  to.begin(Kind::kPlay, of, played.content_id, played.content_audio_id);
  to.message[kTypeAt] = static_cast<char>(played.content_type);
  to.append(played.user_id, kIdBytes);
  to.send();
}

template <typename Other>
void load(Loader&, const event::Event&, const Other&) {
  throw std::runtime_error("not an event of workload W");
}

// A topic that is there already will do.
void make_topic(rd_kafka_t* client, const char* topic, int partitions) {
  constexpr int kAnswerMs = 15'000;
  char why[512];
  rd_kafka_NewTopic_t* wanted = rd_kafka_NewTopic_new(topic, partitions, 1, why, sizeof why);
  if (wanted == nullptr) throw std::runtime_error(why);
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
  rd_kafka_CreateTopics(client, &wanted, 1, nullptr, queue);
  rd_kafka_event_t* answer = rd_kafka_queue_poll(queue, kAnswerMs);
  if (answer == nullptr || rd_kafka_event_error(answer) != 0)
    throw std::runtime_error("the topic could not be made");
  rd_kafka_event_destroy(answer);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy(wanted);
}

void open(Loader& loader, const char* brokers, const char* topic, int partitions) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[512];
  for (const auto& [name, value] : {std::pair{"bootstrap.servers", brokers},
                                    {"enable.idempotence", "true"},
                                    {"acks", "all"},
                                    {"partitioner", "murmur2_random"},
                                    {"compression.type", "lz4"},
                                    {"linger.ms", "20"},
                                    {"queue.buffering.max.messages", "500000"}}) {
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why);
  }
  loader.client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
  if (loader.client == nullptr) throw std::runtime_error(why);
  make_topic(loader.client, topic, partitions);
  loader.topic = rd_kafka_topic_new(loader.client, topic, nullptr);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4)
    return std::fputs("usage: bench_peer_load BROKERS TOPIC PARTITIONS < events\n", stderr), 2;
  std::ios::sync_with_stdio(false);
  Loader loader;
  open(loader, argv[1], argv[2], std::stoi(argv[3]));
  event::LineParser parser({});
  uint64_t events = 0;
  for (std::string line; std::getline(std::cin, line); ++events) {
    const auto parsed = parser.parse(line, 1.0);
    const auto& one = std::get<event::Event>(parsed);
    std::visit([&](const auto& payload) { load(loader, one, payload); }, one.payload);
  }
  while (rd_kafka_outq_len(loader.client) > 0) rd_kafka_poll(loader.client, kPollMs);
  rd_kafka_topic_destroy(loader.topic);
  rd_kafka_destroy(loader.client);
  fmt::print("{{\"events\":{},\"messages\":{},\"bytes\":{}}}\n", events, loader.messages,
             loader.bytes);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_peer_load: %s\n", error.what());
  return 1;
}
