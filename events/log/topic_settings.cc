#include "events/log/topic_settings.h"

#include <array>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <librdkafka/rdkafka.h>

#include "schemas/base/error.h"

namespace ledger::log {

namespace {

constexpr int kAdminTimeoutMs = 10000;
constexpr int kAdminPollMs = 100;

struct Setting {
  const char* name;
  const char* value;
};

constexpr std::array kNeeded = {Setting{"cleanup.policy", "delete"}, Setting{"retention.ms", "-1"},
                                Setting{"retention.bytes", "-1"},
                                Setting{"unclean.leader.election.enable", "false"},
                                Setting{"message.timestamp.type", "LogAppendTime"}};

struct Deleter {
  void operator()(rd_kafka_AdminOptions_t* it) const { rd_kafka_AdminOptions_destroy(it); }
  void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
  void operator()(rd_kafka_event_t* it) const { rd_kafka_event_destroy(it); }
  void operator()(rd_kafka_NewTopic_t* it) const { rd_kafka_NewTopic_destroy(it); }
  void operator()(rd_kafka_ConfigResource_t* it) const { rd_kafka_ConfigResource_destroy(it); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

Owned<rd_kafka_AdminOptions_t> admin_options(rd_kafka_t* handle, rd_kafka_admin_op_t operation) {
  Owned<rd_kafka_AdminOptions_t> options(rd_kafka_AdminOptions_new(handle, operation));
  std::array<char, 128> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kAdminTimeoutMs, reason.data(),
                                            reason.size());
  return options;
}

// Returns: nullptr when nothing came within the timeout.
Owned<rd_kafka_event_t> wait_for_result(Client& client, rd_kafka_queue_t* queue) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(kAdminTimeoutMs + 1000);
  while (Clock::now() < until) {
    Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue, kAdminPollMs));
    if (event != nullptr) return event;
    client.retry()(fmt::format("settings of {}", client.connection().topic));
  }
  return nullptr;
}

std::string contradiction(const Setting& needed, const rd_kafka_ConfigResource_t* resource) {
  size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    if (std::string_view(rd_kafka_ConfigEntry_name(entries[i])) != needed.name) continue;
    if (value == nullptr || std::string_view(value) == needed.value) return {};
    return fmt::format("{} is {}, the ledger needs {}", needed.name, value, needed.value);
  }
  return {};
}

}  // namespace

SettingsReport check_settings(Client& client) {
  rd_kafka_t* handle = client.instance().get();
  const auto options = admin_options(handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle));
  const Owned<rd_kafka_ConfigResource_t> asked(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, client.connection().topic.c_str()));
  rd_kafka_ConfigResource_t* resources[] = {asked.get()};
  rd_kafka_DescribeConfigs(handle, resources, 1, options.get(), queue.get());
  const auto event = wait_for_result(client, queue.get());
  SettingsReport report;
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    report.unreadable = event == nullptr ? "no answer" : rd_kafka_event_error_string(event.get());
    return report;
  }
  size_t count = 0;
  const rd_kafka_ConfigResource_t** answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1 || rd_kafka_ConfigResource_error(answers[0]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* reason = count == 1 ? rd_kafka_ConfigResource_error_string(answers[0]) : nullptr;
    report.unreadable = reason == nullptr ? "no answer about the topic" : reason;
    return report;
  }
  for (const Setting& needed : kNeeded) {
    const std::string found = contradiction(needed, answers[0]);
    if (!found.empty()) report.contradicting.push_back(found);
  }
  return report;
}

void refuse_contradictions(const Client& client, const SettingsReport& report) {
  if (report.contradicting.empty()) return;
  std::string settings;
  for (const Setting& each : kNeeded) {
    settings += fmt::format("{}{}={}", settings.empty() ? "" : ",", each.name, each.value);
  }
  throw Error(
      Fault::kIncompatible,
      fmt::format("topic {0}: its settings contradict a ledger ({1}); mend them with "
                  "kafka-configs.sh --alter --entity-type topics --entity-name {0} "
                  "--add-config {2}",
                  client.connection().topic, fmt::join(report.contradicting, "; "), settings));
}

bool create_topic(Client& client, const NewTopic& wanted) {
  rd_kafka_t* handle = client.instance().get();
  const auto options = admin_options(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle));
  std::array<char, 512> reason{};
  const Owned<rd_kafka_NewTopic_t> topic(
      rd_kafka_NewTopic_new(client.connection().topic.c_str(), wanted.partition_count,
                            wanted.replication, reason.data(), reason.size()));
  if (topic == nullptr) {
    throw Error(Fault::kUsage, fmt::format("topic {}: {}; check --topic, --partitions and "
                                           "--replication",
                                           client.connection().topic, reason.data()));
  }
  for (const Setting& each : kNeeded) {
    rd_kafka_NewTopic_set_config(topic.get(), each.name, each.value);
  }
  rd_kafka_NewTopic_set_config(topic.get(), "min.insync.replicas",
                               std::to_string(wanted.min_insync).c_str());
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  rd_kafka_CreateTopics(handle, topics, 1, options.get(), queue.get());
  const auto event = wait_for_result(client, queue.get());
  auto error = event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event.get());
  std::string why = event == nullptr ? "no answer" : rd_kafka_event_error_string(event.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    size_t count = 0;
    const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count);
    error = rd_kafka_topic_result_error(results[0]);
    const char* text = rd_kafka_topic_result_error_string(results[0]);
    why = text == nullptr ? rd_kafka_err2str(error) : text;
  }
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return false;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Fault::kUnavailable,
                fmt::format("topic {}: the brokers did not create it: {}; check --partitions, "
                            "--replication, --min-insync and what this user may do",
                            client.connection().topic, why));
  }
  for (;;) {
    const auto made = client.topic();
    if (made && made->partition_count >= wanted.partition_count) break;
    client.retry()("the new topic is not in the metadata with all its partitions");
  }
  return true;
}

}  // namespace ledger::log
