#include "projector/consumer/probe.h"

#include <thread>
#include <utility>

namespace ledger::consumer {

namespace {
constexpr std::chrono::milliseconds kRetryPause{20};
constexpr size_t kFetchBytes = size_t{16} << 10;       // one record is wanted
constexpr std::chrono::seconds kSettingsPatience{60};  // the question for settings ends by itself
}  // namespace

std::map<Partition, log::Watermarks> Probe::extents(const std::vector<Partition>& partitions) {
  std::map<Partition, log::Watermarks> found;
  for (const Partition partition : partitions) found.emplace(partition, extent(partition));
  return found;
}

std::map<Partition, std::optional<log::Record>> Probe::records(const PositionVector& at) {
  std::map<Partition, std::optional<log::Record>> found;
  for (const auto& [partition, offset] : at) found.emplace(partition, read(partition, offset));
  return found;
}

LogProbe::LogProbe(const log::Connection& connection, std::chrono::milliseconds patience,
                   std::function<bool()> stopped)
    : patience_(patience),
      stopped_(std::move(stopped)),
      client_(
          connection, [this](const std::string& why) { retry(why); }, kFetchBytes) {}

// Who waited for its turn meanwhile need not ask any more.
void LogProbe::begin_question(std::chrono::milliseconds patience) {
  if (stopped_()) throw NotReachable{"stopped"};
  give_up_ = std::chrono::steady_clock::now() + patience;
}

void LogProbe::retry(const std::string& why) const {
  if (stopped_() || std::chrono::steady_clock::now() >= give_up_) throw NotReachable{why};
  std::this_thread::sleep_for(kRetryPause);
}

std::optional<log::Topic> LogProbe::topic() {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.topic();
}

std::map<Partition, log::OffsetZero> LogProbe::genesis(int32_t partition_count) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return log::read_offset_zeros(client_, partition_count);
}

log::Watermarks LogProbe::extent(Partition partition) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.watermarks(partition);
}

std::optional<log::Record> LogProbe::read(Partition partition, Offset offset) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.read({{partition, offset}}).at(partition);
}

std::map<Partition, log::Watermarks> LogProbe::extents(const std::vector<Partition>& partitions) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.watermarks(partitions);
}

std::map<Partition, std::optional<log::Record>> LogProbe::records(const PositionVector& at) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.read(at);
}

log::Found LogProbe::look(Partition partition, Offset from) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.look({{partition, from}}).at(partition);
}

PositionVector LogProbe::ends(const std::vector<Partition>& partitions) {
  const std::lock_guard lock(mutex_);
  begin_question(patience_);
  return client_.ends(partitions);
}

std::string LogProbe::check_settings() {
  const std::lock_guard lock(mutex_);
  begin_question(kSettingsPatience);
  const log::SettingsReport report = log::check_settings(client_);
  log::refuse_contradictions(client_, report);
  return report.unreadable;
}

}  // namespace ledger::consumer
