// The read side of the log: metadata, watermarks and single records, with retries.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "events/log/instance.h"
#include "events/log/patience.h"
#include "schemas/base/ids.h"

struct rd_kafka_topic_s;  // rd_kafka_topic_t

namespace ledger::log {

struct Topic {
  std::string cluster_id;
  int32_t partition_count = 0;
};

struct Watermarks {
  Offset low{};   // the first offset that is there
  Offset high{};  // the next offset to be written
};

struct Record {
  Offset offset{};
  int64_t timestamp_ms = -1;
  std::optional<std::string> key;
  std::optional<std::string> value;
};

// What a fetch from an offset meets first.
struct Found {
  enum class State : uint8_t { kRecord, kDamaged, kNothing };
  State state = State::kNothing;
  // Of the record; where the damaged batch begins, also before the offset asked; of kNothing, where
  // the broker says that the partition ends, 0 when it does not have the offset asked.
  Offset offset{};
  Record record;  // of kRecord
};

// A consumer of its own for questions to the log. Every call waits for brokers as `retry` says.
// Throws: Error on what no waiting mends: kUnavailable (authorization), kIntegrity (damage).
class Client {
 public:
  // `fetch_bytes`: of one fetch of a partition; a batch that is larger comes whole.
  Client(const Connection& connection, Retry retry, size_t fetch_bytes = size_t{256} << 10);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const Connection& connection() const { return connection_; }
  Instance& instance() { return instance_; }
  const Retry& retry() const { return retry_; }

  // Returns: nullopt when the cluster lists no such topic. Why by the list: asking the embedded
  // broker for one topic would create it.
  std::optional<Topic> topic();
  std::string cluster_id();  // "" when the brokers tell none
  Watermarks watermarks(Partition partition);
  std::map<Partition, Watermarks> watermarks(const std::vector<Partition>& partitions);
  // The ends of all of them, seen at one time.
  PositionVector ends(const std::vector<Partition>& partitions);
  // One record of each named partition.
  // Returns: nullopt for a partition where nothing stands at that offset (before the start, or not
  // written yet). Throws: Error{kIntegrity} when what stands there is damaged.
  std::map<Partition, std::optional<Record>> read(const PositionVector& at);
  // What each named partition has at that offset or behind it; nothing also when the offset is
  // before the start.
  std::map<Partition, Found> look(const PositionVector& at);
  // Every record of [from, limits) of each partition that both name, in order within a partition.
  // Throws: Error{kIntegrity} when one of them is gone.
  void scan(PositionVector from, const PositionVector& limits,
            const std::function<void(Partition, Record&&)>& take);

 private:
  class Reading;
  rd_kafka_topic_s* handle();
  void failed(int error, const std::string& doing);
  PositionVector offsets(const std::vector<Partition>& partitions, int64_t which);
  void take_scanned(const rd_kafka_message_s& message, Offset& position,
                    const std::function<void(Partition, Record&&)>& take);

  Connection connection_;
  Retry retry_;
  Instance instance_;
  rd_kafka_topic_s* topic_ = nullptr;
};

}  // namespace ledger::log
