#include "tests/support/ledger.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "schemas/base/time.h"
#include "schemas/event/json.h"
#include "schemas/event/partition.h"
#include "tests/support/event/forms.h"

namespace ledger::test {

std::string to_text(BrokerKind kind) {
  return kind == BrokerKind::kEmbedded ? "Embedded" : "RealKafka";
}

TestLedger::TestLedger(BrokerKind kind, int partitions)
    : topic_(fresh_topic()), partitions_(partitions) {
  if (kind == BrokerKind::kEmbedded) {
    embedded_.emplace(partitions, topic_);
    address_ = embedded_->address();
    return;
  }
  address_ = RealKafka::shared().address();
  const Finished init = run(command("init", {"--partitions", std::to_string(partitions)}));
  if (init.code != 0) throw std::runtime_error("init: " + init.err);
}

std::vector<std::string> TestLedger::command(const std::string& verb,
                                             std::vector<std::string> more) const {
  std::vector<std::string> argv = {
      program("ledger-emit"), verb, "--brokers", address_, "--topic", topic_};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

std::vector<std::string> TestLedger::send_command(std::vector<std::string> more) const {
  return command("send", std::move(more));
}

log::Connection connection_to(const std::string& address, const std::string& topic) {
  return {address, topic, {}};
}

log::Retry bounded_retry() {
  const auto deadline = std::chrono::steady_clock::now() + kBound;
  return [deadline](const std::string& why) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(why);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  };
}

std::map<Partition, std::vector<std::string>> read_log(const std::string& address,
                                                       const std::string& topic) {
  log::Client client(connection_to(address, topic), bounded_retry());
  PositionVector from;
  PositionVector limits;
  const int32_t count = client.topic()->partition_count;
  for (int32_t p = 0; p < count; ++p) {
    from[Partition{p}] = Offset{1};
    limits[Partition{p}] = client.watermarks(Partition{p}).high;
  }
  std::map<Partition, std::vector<std::string>> values;
  client.scan(from, limits, [&values](Partition partition, log::Record&& record) {
    values[partition].push_back(record.value.value_or("null"));
  });
  return values;
}

std::string play_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += fmt::format(
        R"({{"actor":{{"kind":"service","id":"tts-3"}},"source":"test/1","playRecorded":)"
        R"({{"userId":"user-{}","contentAudioId":"audio-{}","contentId":"content-{}",)"
        R"("contentType":"article"}}}})"
        "\n",
        i, i % 97, i % 97);
  }
  return lines;
}

std::string filled(const std::string& lines) {
  const Finished validate = run({program("ledger-emit"), "validate", "--fill"}, lines);
  if (validate.code != 0) throw std::runtime_error(validate.err);
  return validate.out;
}

std::map<Partition, std::vector<std::string>> expected_log(const std::string& lines,
                                                           int partitions) {
  std::map<Partition, std::vector<std::string>> values;
  event::LineParser parser({});
  for (const std::string& line : lines_of(lines)) {
    const auto parsed = parser.parse(line, now_unix_ms());
    const auto& event = std::get<event::Event>(parsed);
    values[event::partition_of(event::content_id(event.payload), partitions)].push_back(
        event::encoded(event));
  }
  return values;
}

std::string member(const std::string& line, const std::string& name) {
  const std::string quoted = "\"" + name + "\":";
  const size_t at = line.find(quoted);
  if (at == std::string::npos) return "";
  const size_t start = at + quoted.size();
  if (line[start] != '"') return line.substr(start, line.find_first_of(",}", start) - start);
  return line.substr(start + 1, line.find('"', start + 1) - start - 1);
}

}  // namespace ledger::test
