// ledger-broker: Kafka for demos and tests, in memory, on loopback: librdkafka's mock cluster with
// one topic that is a ledger already.
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
// The mock's header follows rdkafka.h.
#include <librdkafka/rdkafka_mock.h>

#include "events/log/genesis.h"
#include "events/log/instance.h"
#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "schemas/options/interrupt.h"
#include "schemas/options/options.h"
#include "schemas/options/output.h"

namespace ledger {

namespace {

constexpr uint64_t kPartitionsMax = 1000;
constexpr int kFlushTimeoutMs = 10000;

// The cluster lives inside a librdkafka instance, which also writes the genesis.
class MockCluster {
 public:
  MockCluster() {
    std::array<char, 512> reason{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "client.id", "ledger-broker", reason.data(), reason.size());
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", reason.data(), reason.size());
    rd_kafka_conf_set(conf, "acks", "all", reason.data(), reason.size());
    rd_kafka_conf_set_log_cb(conf, nullptr);
    rd_kafka_conf_set_dr_msg_cb(conf, &MockCluster::delivered);
    rd_kafka_conf_set_opaque(conf, &confirmed_);
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
    if (handle_ == nullptr) {
      rd_kafka_conf_destroy(conf);
      throw Error(Fault::kUnavailable,
                  fmt::format("no embedded broker: {}; are there free ports on "
                              "127.0.0.1?",
                              reason.data()));
    }
    cluster_ = rd_kafka_handle_mock_cluster(handle_);
  }
  ~MockCluster() { rd_kafka_destroy(handle_); }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

  void open_ledger(const std::string& topic, int32_t partition_count) {
    const auto error = rd_kafka_mock_topic_create(cluster_, topic.c_str(), partition_count, 1);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      throw Error(Fault::kUsage, fmt::format("topic {}: the embedded broker refuses it: {}; check "
                                             "--topic and --partitions",
                                             topic, rd_kafka_err2str(error)));
    }
    event::LedgerOpened opened;
    opened.ledger_id = make_uuid_v7(static_cast<int64_t>(now_unix_ms()));
    opened.partition_count = static_cast<uint32_t>(partition_count);
    opened.ephemeral = true;
    const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> handle(
        rd_kafka_topic_new(handle_, topic.c_str(), nullptr), rd_kafka_topic_destroy);
    for (int32_t p = 0; p < partition_count; ++p) {
      opened.partition = static_cast<uint32_t>(p);
      std::string value = log::encode_genesis(opened, "ledger-broker");
      rd_kafka_produce(handle.get(), p, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0,
                       nullptr);
    }
    rd_kafka_flush(handle_, kFlushTimeoutMs);
    if (confirmed_ != partition_count) {
      throw Error(Fault::kUnavailable,
                  fmt::format("topic {}: only {} of {} partitions took their genesis; start again",
                              topic, confirmed_, partition_count));
    }
  }

 private:
  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<int32_t*>(opaque);
  }

  rd_kafka_t* handle_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  int32_t confirmed_ = 0;
};

void write_ready_file(const std::string& path, const std::string& line) {
  std::ofstream out(path + ".fresh");
  out << line;
  out.close();
  if (!out || std::rename((path + ".fresh").c_str(), path.c_str()) != 0) {
    throw Error(Fault::kUnavailable,
                fmt::format("--ready-file {}: cannot write it ({}); give a file in a folder that "
                            "is there and can be written to",
                            path, std::strerror(errno)));
  }
}

Fault serve(const options::Parsed& parsed) {
  const uint64_t partitions = parsed.count("partitions");
  if (partitions < 1 || partitions > kPartitionsMax) {
    throw Error(Fault::kUsage,
                fmt::format("--partitions {}: give 1 to {}", partitions, kPartitionsMax));
  }
  const options::Interrupt interrupt;
  MockCluster cluster;
  cluster.open_ledger(parsed.text("topic"), static_cast<int32_t>(partitions));
  const std::string line = cluster.address() + "\n";
  if (const auto path = parsed.find_text("ready-file")) write_ready_file(*path, line);
  options::Output out;
  out.write(line);
  out.flush();
  while (!interrupt.wait(std::chrono::hours(1))) {
  }
  return Fault::kNone;
}

options::Program program() {
  options::Program program;
  program.name = "ledger-broker";
  program.summary = "an embedded Kafka broker on 127.0.0.1 for demos and tests; memory only";
  program.examples = {
      {"ledger-broker", "16 partitions; prints its address once it is ready, runs until Ctrl-C"},
      {"ledger-broker --partitions 2 --ready-file broker.txt &", "for scripts"}};
  options::Command command;
  command.options = {options::topic_option(),
                     {"partitions", options::Kind::kCount, "N", "partitions of the topic", "16"},
                     {"ready-file", options::Kind::kText, "FILE",
                      "also write the address there, whole or not at all"}};
  command.run = serve;
  program.commands = {command};
  program.versions = {{"librdkafka", log::librdkafka_version()}};
  return program;
}

}  // namespace

}  // namespace ledger

int main(int argc, char** argv) { return ledger::options::run_main(ledger::program(), argc, argv); }
