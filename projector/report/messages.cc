#include "projector/report/messages.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace ledger::report {

namespace {

constexpr std::chrono::seconds kLineInterval{10};
constexpr std::chrono::milliseconds kBarInterval{200};
constexpr size_t kBarWidth = 30;
constexpr const char* kEraseLine = "\r\033[K";

// "47 s", "3 min 20 s", "1 h 12 min".
std::string span_text(double seconds) {
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 60 * kMinute;
  const auto whole = std::llround(seconds);
  if (whole < kMinute) return fmt::format("{} s", whole);
  if (whole < kHour) return fmt::format("{} min {} s", whole / kMinute, whole % kMinute);
  return fmt::format("{} h {} min", whole / kHour, whole % kHour / kMinute);
}

}  // namespace

struct Messages::Impl {
  explicit Impl(bool be_quiet)
      : quiet(be_quiet),
        terminal(isatty(STDERR_FILENO) == 1),
        logger("ledger-projector", std::make_shared<spdlog::sinks::stderr_sink_st>()) {
    logger.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
    logger.set_level(quiet ? spdlog::level::err : spdlog::level::info);
    logger.flush_on(spdlog::level::info);
  }
  void erase_bar() {
    if (!bar_shown) return;
    std::fputs(kEraseLine, stderr);
    bar_shown = false;
  }

  bool quiet;
  bool terminal;
  std::mutex mutex;
  spdlog::logger logger;
  bool bar_shown = false;
  Pace pace;
  Pace::Clock::time_point shown_at;
};

Messages::Messages(bool quiet) : impl_(std::make_unique<Impl>(quiet)) {}
Messages::~Messages() { end_progress(); }

void Messages::info(const std::string& text) {
  const std::lock_guard lock(impl_->mutex);
  impl_->erase_bar();
  impl_->logger.info("{}", text);
}

void Messages::warn(const std::string& text) {
  const std::lock_guard lock(impl_->mutex);
  impl_->erase_bar();
  impl_->logger.warn("{}", text);
}

void Messages::progress(const std::string& what, const Progress& progress) {
  Impl& impl = *impl_;
  const std::lock_guard lock(impl.mutex);
  const auto now = Pace::Clock::now();
  const Reading reading = impl.pace.at(now, progress);
  const auto passed = now - std::max(impl.shown_at, impl.pace.began_at());
  if (impl.quiet || passed < (impl.terminal ? kBarInterval : kLineInterval)) return;
  const std::string text = progress_text(progress, reading, impl.terminal);
  impl.shown_at = now;
  if (!impl.terminal) {
    impl.logger.info("{}: {}", what, text);
    return;
  }
  std::fputs(fmt::format("{}{} {}", kEraseLine, what, text).c_str(), stderr);
  std::fflush(stderr);
  impl.bar_shown = true;
}

void Messages::end_progress() {
  const std::lock_guard lock(impl_->mutex);
  impl_->erase_bar();
  impl_->pace.end();
}

std::string progress_text(const Progress& progress, const Reading& reading, bool with_bar) {
  std::string numbers =
      fmt::format("{:3.0f} %  {} of {} events, {:.0f}/s", reading.share * 100, progress.done,
                  std::max(progress.total, progress.done), reading.events_per_second);
  if (reading.seconds_left) numbers += fmt::format(", {} left", span_text(*reading.seconds_left));
  if (!with_bar) return numbers;
  const auto filled = static_cast<size_t>(reading.share * static_cast<double>(kBarWidth));
  return fmt::format("[{:<{}}] {}", std::string(filled, '='), kBarWidth, numbers);
}

}  // namespace ledger::report
