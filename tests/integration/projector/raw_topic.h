// What tests do to a topic behind the ledger's back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "schemas/base/ids.h"

struct rd_kafka_s;  // rd_kafka_t

namespace ledger::test {

class RawTopic {
 public:
  RawTopic(std::string address, std::string topic);

  // Any record to any partition; returns when it is acknowledged. `timestamp_ms`: 0 = now.
  void write(int partition, const std::optional<std::string>& key,
             const std::optional<std::string>& value, int64_t timestamp_ms = 0) const;
  // These four on real Kafka only.
  void create(int partitions) const;  // with the ledger's settings, without genesis
  void remove() const;                // returns when the brokers list it no longer
  void grow(int partitions) const;
  void delete_before(Partition partition, Offset offset) const;  // as retention would

 private:
  std::shared_ptr<rd_kafka_s> producer_;
  std::string address_;
  std::string topic_;
};

}  // namespace ledger::test
