// The two brokers that scenarios run on: the embedded one and real Kafka.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tests/support/process.h"

namespace ledger::test {

// ledger-broker as a child: a topic with its genesis, in memory, gone with the object.
class EmbeddedBroker {
 public:
  explicit EmbeddedBroker(int partitions = 16, const std::string& topic = "content-audio-events");
  const std::string& address() const { return address_; }
  Process& process() { return process_; }
  // Lines of JSON through ledger-emit. Throws: std::runtime_error unless all are acknowledged.
  void send(std::string_view lines) const;
  void send(std::span<const std::string> lines) const;

 private:
  Process process_;
  std::string address_;
};

// Apache Kafka through ops/kafka, in a directory of its own. Starting takes ~5 s.
class RealKafka {
 public:
  RealKafka();   // starts; throws std::runtime_error with what ops/kafka says
  ~RealKafka();  // kills
  RealKafka(const RealKafka&) = delete;
  RealKafka& operator=(const RealKafka&) = delete;

  void stop();   // SIGTERM, waits
  void kill();   // SIGKILL
  void start();  // again, on the same ports and data; returns when it is ready
  const std::string& address() const { return address_; }
  // The first file of that partition's log; to be changed while the broker is stopped.
  std::filesystem::path segment(const std::string& topic, int partition) const;

  // One for the whole test program, started at its first use, killed at exit.
  static RealKafka& shared();

 private:
  Finished command(const std::string& verb);

  TempDir folder_;
  std::string address_;
};

// A topic name that no other test of this broker uses.
std::string fresh_topic();

}  // namespace ledger::test
