// Looks at single facts of the log beside the streams: does the topic exist, where does a partition
// start and end, what is the record at an offset.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "events/log/client.h"
#include "events/log/genesis.h"
#include "events/log/topic_settings.h"

namespace ledger::consumer {

// The brokers did not answer in time; the caller waits and asks again.
struct NotReachable {
  std::string reason;
};

// What the guards ask the log. Throws, all members: NotReachable; Error on what waiting does not
// mend.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual std::optional<log::Topic> topic() = 0;  // nullopt: the brokers know no such topic
  virtual std::map<Partition, log::OffsetZero> genesis(int32_t partition_count) = 0;
  virtual log::Watermarks extent(Partition partition) = 0;
  // Returns: nullopt when the log has no record at this very offset.
  // Throws: Error{kIntegrity} when it is damaged.
  virtual std::optional<log::Record> read(Partition partition, Offset offset) = 0;
  // The same of several partitions at once.
  virtual std::map<Partition, log::Watermarks> extents(const std::vector<Partition>& partitions);
  virtual std::map<Partition, std::optional<log::Record>> records(const PositionVector& at);
  virtual log::Found look(Partition partition, Offset from) = 0;
};

// The probe over one client. Safe from several threads, which take turns.
class LogProbe : public Probe {
 public:
  // `patience`: how long one question may wait for brokers; at once no longer when `stopped`, which
  // is asked by whoever waits.
  LogProbe(const log::Connection& connection, std::chrono::milliseconds patience,
           std::function<bool()> stopped);

  std::optional<log::Topic> topic() override;
  std::map<Partition, log::OffsetZero> genesis(int32_t partition_count) override;
  log::Watermarks extent(Partition partition) override;
  std::optional<log::Record> read(Partition partition, Offset offset) override;
  std::map<Partition, log::Watermarks> extents(const std::vector<Partition>& partitions) override;
  std::map<Partition, std::optional<log::Record>> records(const PositionVector& at) override;
  log::Found look(Partition partition, Offset from) override;
  PositionVector ends(const std::vector<Partition>& partitions);
  // Throws: Error{kIncompatible} when the topic's settings contradict what a ledger needs.
  // Returns: why they could not be read, "" when they could. Cost: up to 10 s.
  std::string check_settings();

 private:
  void begin_question(std::chrono::milliseconds patience);
  void retry(const std::string& why) const;

  std::chrono::milliseconds patience_;
  std::function<bool()> stopped_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point give_up_;
  log::Client client_;
};

}  // namespace ledger::consumer
