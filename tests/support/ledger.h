// One ledger per test, on either broker, and what the scenarios do with it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/log/client.h"
#include "tests/support/broker.h"
#include "tests/support/process.h"

namespace ledger::test {

enum class BrokerKind : uint8_t { kEmbedded, kRealKafka };

std::string to_text(BrokerKind kind);

class TestLedger {
 public:
  // Makes a ledger of its own on that broker.
  explicit TestLedger(BrokerKind kind, int partitions = 3);

  const std::string& address() const { return address_; }
  const std::string& topic() const { return topic_; }
  int partitions() const { return partitions_; }
  void end_broker() { embedded_.reset(); }            // kills the embedded one
  Process& broker() { return embedded_->process(); }  // the embedded one
  // `ledger-emit send` with the address and topic, then `more`.
  std::vector<std::string> send_command(std::vector<std::string> more = {}) const;
  std::vector<std::string> command(const std::string& verb,
                                   std::vector<std::string> more = {}) const;

 private:
  std::optional<EmbeddedBroker> embedded_;
  std::string address_;
  std::string topic_;
  int partitions_;
};

log::Connection connection_to(const std::string& address, const std::string& topic);
// Retries for at most kBound.
log::Retry bounded_retry();

// The values of every partition without the genesis, in offset order.
std::map<Partition, std::vector<std::string>> read_log(const std::string& address,
                                                       const std::string& topic);

// `count` lines of plays over 97 contents, without envelope ids.
std::string play_lines(int count);
// The same lines filled in by `ledger-emit validate --fill`.
std::string filled(const std::string& lines);
// What the log must hold for filled lines: the value bytes by partition.
std::map<Partition, std::vector<std::string>> expected_log(const std::string& lines,
                                                           int partitions);

// A member of a flat JSON line: its text without quotes; "null" for null; "" when it is absent.
std::string member(const std::string& line, const std::string& name);

}  // namespace ledger::test
