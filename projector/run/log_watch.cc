#include "projector/run/log_watch.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "projector/consumer/probe.h"
#include "schemas/base/start_threads.h"
#include "schemas/base/time.h"

namespace ledger::run {

LogWatch::LogWatch(Questions questions, const Intervals& intervals)
    : questions_(std::move(questions)),
      intervals_(intervals),
      thread_(start_thread([this](const std::stop_token& stop) { work(stop); })) {}

void LogWatch::work(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  auto ends_at = Clock::now() + intervals_.ends;
  auto settings_at = Clock::now() + intervals_.settings;
  try {
    while (true) {
      const auto next = questions_.settings ? std::min(ends_at, settings_at) : ends_at;
      stopped.wait_until(lock, stop, next, [] { return false; });
      if (stop.stop_requested()) return;
      if (Clock::now() >= ends_at) {
        ask_for_ends();
        ends_at = Clock::now() + intervals_.ends;
      }
      if (questions_.settings && Clock::now() >= settings_at) {
        ask_for_settings();
        settings_at = Clock::now() + intervals_.settings;
      }
    }
  } catch (...) {
    const std::lock_guard guard(mutex_);
    error_ = std::current_exception();
  }
}

void LogWatch::ask_for_ends() {
  const double time_ms = now_unix_ms();
  try {
    PositionVector ends = questions_.ends();
    const std::lock_guard lock(mutex_);
    ends_ = LookAtEnds{time_ms, std::move(ends)};
    silence_.clear();
  } catch (const consumer::NotReachable& trouble) {
    const std::lock_guard lock(mutex_);
    silence_ = trouble.reason;
  }
}

void LogWatch::ask_for_settings() {
  try {
    std::string unreadable = questions_.settings();
    const std::lock_guard lock(mutex_);
    if (!unreadable.empty()) unreadable_ = std::move(unreadable);
  } catch (const consumer::NotReachable&) {
    return;  // the next question for ends says it
  }
}

std::optional<LookAtEnds> LogWatch::ends() {
  const std::lock_guard lock(mutex_);
  return std::exchange(ends_, std::nullopt);
}

std::optional<std::string> LogWatch::unreadable_settings() {
  const std::lock_guard lock(mutex_);
  return std::exchange(unreadable_, std::nullopt);
}

std::string LogWatch::silence() const {
  const std::lock_guard lock(mutex_);
  return silence_;
}

void LogWatch::check() const {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

}  // namespace ledger::run
