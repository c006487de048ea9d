// One librdkafka instance with the ledger's settings.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/options/options.h"

struct rd_kafka_s;          // rd_kafka_t
struct rd_kafka_queue_s;    // rd_kafka_queue_t
struct rd_kafka_message_s;  // rd_kafka_message_t
struct rd_kafka_topic_partition_list_s;

namespace ledger::log {

using Properties = std::vector<std::pair<std::string, std::string>>;

// Where the log is and how to reach it.
struct Connection {
  std::string brokers;
  std::string topic;
  Properties properties;  // -X, in rising precedence
};

// Precondition: the program declares brokers_option(), topic_option() and properties_option().
// Throws: Error{kUsage} when --brokers is missing or -X sets a property that a promise stands on.
Connection connection_from(const options::Parsed& parsed);

// librdkafka's version, for --version.
std::string librdkafka_version();

struct PartitionListDeleter {
  void operator()(rd_kafka_topic_partition_list_s* list) const;
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_s, PartitionListDeleter>;

enum class Role : uint8_t { kConsumer, kProducer };

// Why: what brokers, TLS or SASL last complained about reaches the user with every wait.
class Instance {
 public:
  // `own` goes after -X. Throws: Error{kUsage} naming a property that librdkafka refuses (never its
  // value).
  Instance(Role role, const Connection& connection, const Properties& own);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  rd_kafka_s* get() const { return handle_; }
  // Takes what is queued: delivery reports go to `delivered`, errors to trouble(). Never blocks.
  using Delivered = std::function<void(const rd_kafka_message_s&)>;
  void serve(const Delivered& delivered);
  // Makes `fd` readable (8 bytes each) when something is queued for serve().
  void notify(int fd);
  // Returns: the last error since the previous call, "" if there was none.
  std::string trouble();
  // Returns: why this instance cannot go on at all, "" while it can.
  std::string fatal() const;

 private:
  rd_kafka_s* handle_ = nullptr;
  rd_kafka_queue_s* queue_ = nullptr;
  std::string trouble_;
};

// Whether the same request may succeed later by itself (`error` is an rd_kafka_resp_err_t).
bool is_transient(int error);
// Whether what the log has there cannot be read: a checksum, a compression, a batch.
bool is_damage(int error);
std::string error_text(int error);

}  // namespace ledger::log
