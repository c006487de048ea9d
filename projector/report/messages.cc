#include "projector/report/messages.h"

#include <algorithm>
#include <cstdio>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace ledger::report {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLineInterval{10};
constexpr std::chrono::milliseconds kBarInterval{200};
constexpr size_t kBarWidth = 30;
constexpr const char* kEraseLine = "\r\033[K";

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
  steady_clock::time_point shown_at = steady_clock::now();
  uint64_t shown_done = 0;
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
  const auto now = steady_clock::now();
  const auto passed = now - impl.shown_at;
  if (impl.quiet || passed < (impl.terminal ? kBarInterval : kLineInterval)) return;
  const double seconds = std::chrono::duration<double>(passed).count();
  const bool anew = progress.done < impl.shown_done;  // the next step counts from 0
  const auto fresh = static_cast<double>(progress.done - (anew ? 0 : impl.shown_done));
  const std::string text = progress_text(progress, fresh / seconds, impl.terminal);
  impl.shown_at = now;
  impl.shown_done = progress.done;
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
}

std::string progress_text(const Progress& progress, double events_per_second, bool with_bar) {
  const uint64_t total = std::max(progress.total, progress.done);
  const double share =
      total == 0 ? 1.0 : static_cast<double>(progress.done) / static_cast<double>(total);
  std::string numbers = fmt::format("{:3.0f} %  {} of {} events, {:.0f}/s", share * 100,
                                    progress.done, total, events_per_second);
  if (!with_bar) return numbers;
  const auto filled = static_cast<size_t>(share * static_cast<double>(kBarWidth));
  return fmt::format("[{:<{}}] {}", std::string(filled, '='), kBarWidth, numbers);
}

}  // namespace ledger::report
