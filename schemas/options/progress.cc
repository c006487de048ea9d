#include "schemas/options/progress.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace ledger::options {

namespace {

constexpr std::chrono::milliseconds kRewriteEvery{200};
constexpr std::chrono::seconds kLineEvery{10};
constexpr uint64_t kBarWidth = 30;

std::string bar(uint64_t done, uint64_t total) {
  const uint64_t filled = total == 0 ? kBarWidth : std::min(kBarWidth, done * kBarWidth / total);
  return fmt::format("[{}{}] ", std::string(filled, '#'), std::string(kBarWidth - filled, ' '));
}

}  // namespace

Progress::Progress(std::string program, std::string what, bool quiet)
    : program_(std::move(program)),
      what_(std::move(what)),
      terminal_(isatty(2) == 1),
      started_(Clock::now()) {
  quiet_ = quiet || (terminal_ && isatty(1) == 1);
  next_ = started_ + (terminal_ ? std::chrono::milliseconds(kRewriteEvery) : kLineEvery);
}

Progress::~Progress() { clear(); }

void Progress::update(uint64_t done, std::optional<uint64_t> total) {
  const auto now = Clock::now();
  if (quiet_ || now < next_ || done == shown_done_) return;
  next_ = now + (terminal_ ? std::chrono::milliseconds(kRewriteEvery) : kLineEvery);
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const std::string of = total ? fmt::format(" of {}", *total) : "";
  const std::string text = fmt::format("{}: {}{}{} {}, {:.0f} s, {:.0f}/s", program_,
                                       terminal_ && total ? bar(done, *total) : "", done, of, what_,
                                       seconds, static_cast<double>(done) / seconds);
  // What cannot be written is lost: see say().
  std::fputs((terminal_ ? "\r\033[K" + text : text + "\n").c_str(), stderr);
  shown_done_ = done;
  shown_ = terminal_;
}

void Progress::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace ledger::options
