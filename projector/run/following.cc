#include "projector/run/following.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "schemas/base/time.h"

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{20};
constexpr std::chrono::seconds kReportInterval{1};
constexpr std::chrono::seconds kLookInterval{1};
constexpr std::chrono::minutes kSettingsInterval{10};
constexpr double kSkewToldMs = 1000;

bool reached(const PositionVector& positions, const PositionVector& until) {
  return std::all_of(until.begin(), until.end(),
                     [&](const auto& end) { return positions.at(end.first) >= end.second; });
}

}  // namespace

Following::Following(const Parts& parts, std::string what, double asked_ms,
                     const PositionVector& ends, bool check_settings)
    : parts_(parts),
      what_(std::move(what)),
      report_at_(Clock::now()),
      look_at_(Clock::now() + kLookInterval) {
  started_at_ = kept();
  caught_up_.look(asked_ms, ends);
  if (check_settings) settings_at_ = Clock::now() + kSettingsInterval;
}

bool Following::follow(const FeedThreads& threads, const std::optional<PositionVector>& until) {
  while (true) {
    tick(until);
    if (until && reached(kept(), *until)) return true;
    if (threads.failed() || parts_.leave() || parts_.interrupt.wait(kTick)) return false;
  }
}

void Following::finish() {
  caught_up_.reached(positions());
  report(0);
}

void Following::tick(const std::optional<PositionVector>& until) {
  const std::string why = waiting();
  if (why.empty()) {
    parts_.patience.progressed();
    look();
    check_settings();
  } else if (!parts_.interrupt.requested()) {
    parts_.messages.end_progress();
    parts_.patience.check(why);
  }
  const uint64_t events_behind = behind(until);
  if (events_behind > 0 && why.empty()) {
    parts_.messages.progress(what_, {done(), done() + events_behind});
  } else {
    parts_.messages.end_progress();
  }
  if (Clock::now() < report_at_) return;
  report_at_ = Clock::now() + kReportInterval;
  report(events_behind);
}

void Following::look() {
  if (caught_up_.reached(positions())) {
    for (const auto& feed : parts_.feeds) feed->set_caught_up(*caught_up_.time_ms());
  }
  if (caught_up_.look_pending() || Clock::now() < look_at_) return;
  look_at_ = Clock::now() + kLookInterval;
  const double time_ms = now_unix_ms();
  PositionVector ends;
  try {
    for (const auto& feed : parts_.feeds) {
      ends[feed->partition()] = parts_.probe.extent(feed->partition()).high;
    }
  } catch (const consumer::NotReachable&) {
    return;  // the feeds hear of it too
  }
  caught_up_.look(time_ms, std::move(ends));
}

void Following::check_settings() {
  if (!settings_at_ || Clock::now() < *settings_at_) return;
  settings_at_ = Clock::now() + kSettingsInterval;
  try {
    const std::string unreadable = parts_.probe.check_settings();
    if (!unreadable.empty()) parts_.messages.warn(settings_warning(unreadable));
  } catch (const consumer::NotReachable&) {
    return;
  }
}

std::string settings_warning(const std::string& unreadable) {
  return fmt::format("the topic's settings cannot be read ({}); check them by hand", unreadable);
}

std::string Following::waiting() const {
  for (const auto& feed : parts_.feeds) {
    std::string why = feed->waiting();
    if (!why.empty()) return why;
  }
  return {};
}

PositionVector Following::positions() const {
  PositionVector positions;
  for (const auto& feed : parts_.feeds) positions[feed->partition()] = feed->position();
  return positions;
}

PositionVector Following::kept() const {
  PositionVector kept;
  for (const auto& feed : parts_.feeds) kept[feed->partition()] = feed->kept();
  return kept;
}

uint64_t Following::done() const {
  uint64_t sum = 0;
  for (const auto& feed : parts_.feeds) {
    sum += static_cast<uint64_t>(raw(feed->kept()) - raw(started_at_.at(feed->partition())));
  }
  return sum;
}

uint64_t Following::behind(const std::optional<PositionVector>& until) const {
  uint64_t sum = 0;
  for (const auto& feed : parts_.feeds) {
    const Offset end = until ? until->at(feed->partition()) : feed->end().value_or(Offset{0});
    if (end > feed->kept()) sum += static_cast<uint64_t>(raw(end) - raw(feed->kept()));
  }
  return sum;
}

void Following::report(uint64_t behind) {
  store::RunState& state = parts_.report.state();
  const bool following = behind == 0 && caught_up_.time_ms();
  state.phase = !waiting().empty() ? store::RunPhase::kWaitingForBrokers
                : following        ? store::RunPhase::kFollowing
                                   : store::RunPhase::kCatchingUp;
  double skew_ms = 0;
  for (const auto& feed : parts_.feeds) {
    skew_ms = std::max(skew_ms, feed->clock_behind_ms());
    state.partitions[feed->partition()] = {feed->position(), feed->end()};
  }
  if (caught_up_.time_ms()) state.caught_up_ms = std::floor(*caught_up_.time_ms() - skew_ms);
  if (skew_ms > kSkewToldMs && !std::exchange(skew_told_, true)) {
    parts_.messages.warn(fmt::format(
        "clock skew: the log's time is {:.1f} s behind this machine's, so the caught-up time is "
        "held back by as much; set the clocks of the brokers and of this machine",
        skew_ms / 1e3));
  }
  parts_.report.write();
}

}  // namespace ledger::run
