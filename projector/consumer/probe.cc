#include "projector/consumer/probe.h"

#include <thread>

namespace ledger::consumer {

namespace {
constexpr std::chrono::milliseconds kRetryPause{20};
}

LogProbe::LogProbe(const log::Connection& connection, std::chrono::milliseconds patience)
    : patience_(patience), client_(connection, [this](const std::string& why) { retry(why); }) {}

void LogProbe::begin_question() { give_up_ = std::chrono::steady_clock::now() + patience_; }

void LogProbe::retry(const std::string& why) const {
  if (std::chrono::steady_clock::now() >= give_up_) throw NotReachable{why};
  std::this_thread::sleep_for(kRetryPause);
}

std::optional<log::Topic> LogProbe::topic() {
  const std::lock_guard lock(mutex_);
  begin_question();
  return client_.topic();
}

std::map<Partition, log::OffsetZero> LogProbe::genesis(int32_t partition_count) {
  const std::lock_guard lock(mutex_);
  begin_question();
  return log::read_offset_zeros(client_, partition_count);
}

log::Watermarks LogProbe::extent(Partition partition) {
  const std::lock_guard lock(mutex_);
  begin_question();
  return client_.watermarks(partition);
}

std::optional<log::Record> LogProbe::read(Partition partition, Offset offset) {
  const std::lock_guard lock(mutex_);
  begin_question();
  return client_.read({{partition, offset}}).at(partition);
}

std::string LogProbe::check_settings() {
  const std::lock_guard lock(mutex_);
  begin_question();
  const log::SettingsReport report = log::check_settings(client_);
  log::refuse_contradictions(client_, report);
  return report.unreadable;
}

}  // namespace ledger::consumer
