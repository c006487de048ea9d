#include "events/log/instance.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "schemas/base/error.h"

namespace ledger::log {

namespace {

// The promises stand on these; -X may set every other property.
constexpr std::array kOwnProperties = {"bootstrap.servers",
                                       "metadata.broker.list",
                                       "enable.idempotence",
                                       "acks",
                                       "request.required.acks",
                                       "message.timeout.ms",
                                       "delivery.timeout.ms",
                                       "transactional.id",
                                       "partitioner",
                                       "retries",
                                       "message.send.max.retries",
                                       "group.id",
                                       "enable.auto.commit",
                                       "enable.auto.offset.store",
                                       "auto.offset.reset",
                                       "isolation.level",
                                       "check.crcs",
                                       "enable.partition.eof",
                                       "queue.buffering.max.messages",
                                       "queue.buffering.max.kbytes",
                                       "enable.gapless.guarantee"};

const Properties kCommon = {{"client.id", "ledger"},
                            {"reconnect.backoff.ms", "50"},
                            {"reconnect.backoff.max.ms", "1000"},
                            {"socket.keepalive.enable", "true"},
                            {"log.connection.close", "false"}};

void set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  const auto result =
      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size());
  if (result == RD_KAFKA_CONF_OK) return;
  // librdkafka's reason may repeat the value, which may be a secret.
  throw Error(Fault::kUsage,
              fmt::format("property {}: librdkafka {}; check -X and the --config file", name,
                          result == RD_KAFKA_CONF_UNKNOWN ? "knows no such property"
                                                          : "refuses this value"));
}

}  // namespace

void PartitionListDeleter::operator()(rd_kafka_topic_partition_list_s* list) const {
  rd_kafka_topic_partition_list_destroy(list);
}

Connection connection_from(const options::Parsed& parsed) {
  Connection connection{parsed.text("brokers"), parsed.text("topic"), parsed.properties()};
  for (const auto& [name, value] : connection.properties) {
    if (std::find(kOwnProperties.begin(), kOwnProperties.end(), name) == kOwnProperties.end()) {
      continue;
    }
    throw Error(Fault::kUsage, fmt::format("property {}: the ledger's promises stand on its value; "
                                           "leave it out of -X and of the --config file",
                                           name));
  }
  return connection;
}

std::string librdkafka_version() { return rd_kafka_version_str(); }

Instance::Instance(Role role, const Connection& connection, const Properties& own) {
  std::unique_ptr<rd_kafka_conf_t, void (*)(rd_kafka_conf_t*)> conf(rd_kafka_conf_new(),
                                                                    rd_kafka_conf_destroy);
  bool debug = false;
  for (const auto& [name, value] : kCommon) set(conf.get(), name, value);
  for (const auto& [name, value] : connection.properties) {
    debug = debug || name == "debug";
    set(conf.get(), name, value);
  }
  set(conf.get(), "bootstrap.servers", connection.brokers);
  for (const auto& [name, value] : own) set(conf.get(), name, value);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  if (!debug) rd_kafka_conf_set_log_cb(conf.get(), nullptr);  // trouble() says it in one line
  std::array<char, 512> reason{};
  handle_ = rd_kafka_new(role == Role::kProducer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                         conf.get(), reason.data(), reason.size());
  if (handle_ == nullptr) {
    if (rd_kafka_last_error() == RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) {
      throw Error(Fault::kUnavailable,
                  fmt::format("librdkafka: {}; raise the limit of processes (ulimit -u, TasksMax)",
                              reason.data()));
    }
    throw Error(Fault::kUsage,
                fmt::format("librdkafka: {}; check --brokers and -X", reason.data()));
  }
  static_cast<void>(conf.release());  // the instance owns it now
  queue_ = rd_kafka_queue_get_main(handle_);
}

Instance::~Instance() {
  rd_kafka_queue_destroy(queue_);
  if (rd_kafka_type(handle_) == RD_KAFKA_PRODUCER) {
    rd_kafka_purge(handle_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  }
  rd_kafka_destroy(handle_);
}

void Instance::serve(const Delivered& delivered) {
  while (rd_kafka_event_t* event = rd_kafka_queue_poll(queue_, 0)) {
    const std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)> guard(
        event, rd_kafka_event_destroy);
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
        delivered(*message);
      }
    } else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      trouble_ = rd_kafka_event_error_string(event);
    }
  }
}

void Instance::notify(int fd) {
  static constexpr uint64_t kOne = 1;  // what an eventfd takes
  rd_kafka_queue_io_event_enable(queue_, fd, &kOne, sizeof kOne);
}

std::string Instance::trouble() {
  if (rd_kafka_type(handle_) == RD_KAFKA_CONSUMER) serve([](const rd_kafka_message_t&) {});
  return std::exchange(trouble_, {});
}

std::string Instance::fatal() const {
  std::array<char, 512> reason{};
  const auto error = rd_kafka_fatal_error(handle_, reason.data(), reason.size());
  return error == RD_KAFKA_RESP_ERR_NO_ERROR
             ? ""
             : fmt::format("{} ({})", reason.data(), rd_kafka_err2name(error));
}

bool is_transient(int error) {
  static constexpr std::array kTransient = {RD_KAFKA_RESP_ERR__TRANSPORT,
                                            RD_KAFKA_RESP_ERR__TIMED_OUT,
                                            RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
                                            RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
                                            RD_KAFKA_RESP_ERR__RESOLVE,
                                            RD_KAFKA_RESP_ERR__AUTHENTICATION,
                                            RD_KAFKA_RESP_ERR__SSL,
                                            RD_KAFKA_RESP_ERR__WAIT_CACHE,
                                            RD_KAFKA_RESP_ERR__IN_PROGRESS,
                                            RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
                                            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
                                            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                                            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                                            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                                            RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
                                            RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
                                            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
                                            RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
                                            RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
                                            RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
                                            RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
                                            RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE};
  return std::find(kTransient.begin(), kTransient.end(), error) != kTransient.end();
}

bool is_damage(int error) {
  return error == RD_KAFKA_RESP_ERR__BAD_MSG || error == RD_KAFKA_RESP_ERR__BAD_COMPRESSION ||
         error == RD_KAFKA_RESP_ERR_INVALID_MSG;
}

std::string error_text(int error) {
  return rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(error));
}

}  // namespace ledger::log
