#include "tests/support/broker.h"

#include <atomic>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

namespace ledger::test {

namespace {
constexpr seconds kKafkaBound{180};  // the first start fetches Kafka
}

EmbeddedBroker::EmbeddedBroker(int partitions, const std::string& topic)
    : process_({program("ledger-broker"), "--partitions", std::to_string(partitions), "--topic",
                topic}) {
  const auto line = process_.read_line();
  if (!line) throw std::runtime_error("ledger-broker: " + process_.rest_of_stderr());
  address_ = *line;
}

void EmbeddedBroker::send(std::string_view lines) const {
  const Finished sent = run({program("ledger-emit"), "send", "--brokers", address_}, lines);
  if (sent.code != 0) throw std::runtime_error("ledger-emit: " + sent.err);
}

void EmbeddedBroker::send(std::span<const std::string> lines) const {
  send(fmt::format("{}\n", fmt::join(lines, "\n")));
}

RealKafka::RealKafka() { start(); }

RealKafka::~RealKafka() {
  try {
    kill();
  } catch (const std::runtime_error&) {
    // A broker that is gone already needs no kill.
  }
}

void RealKafka::start() { address_ = lines_of(command("start").out).at(0); }
void RealKafka::stop() { command("stop"); }
void RealKafka::kill() { command("kill"); }

std::filesystem::path RealKafka::segment(const std::string& topic, int partition) const {
  return folder_.path() / "data" / fmt::format("{}-{}", topic, partition) /
         fmt::format("{:020}.log", 0);
}

Finished RealKafka::command(const std::string& verb) {
  const Finished finished =
      run({(source_dir() / "ops" / "kafka").string(), verb, folder_.path().string()}, "", {},
          kKafkaBound);
  if (finished.code != 0) throw std::runtime_error("ops/kafka " + verb + ": " + finished.err);
  return finished;
}

RealKafka& RealKafka::shared() {
  static RealKafka kafka;
  return kafka;
}

std::string fresh_topic() {
  static std::atomic<int> count = 0;
  return fmt::format("audio-{}-{}", ::getpid(), ++count);
}

}  // namespace ledger::test
