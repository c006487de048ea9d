#include "projector/run/following.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{20};
constexpr std::chrono::seconds kReportInterval{1};
constexpr std::chrono::seconds kSilentFor{1};  // without events, which are an answer too
constexpr double kSkewToldMs = 1000;

bool reached(const PositionVector& positions, const PositionVector& until) {
  return std::all_of(until.begin(), until.end(),
                     [&](const auto& end) { return positions.at(end.first) >= end.second; });
}

}  // namespace

Following::Following(const Parts& parts, std::string what, double asked_ms,
                     const PositionVector& ends)
    : parts_(parts), what_(std::move(what)), grew_at_(Clock::now()), report_at_(Clock::now()) {
  started_at_ = stand();
  caught_up_.look(asked_ms, ends);
}

bool Following::follow(const FeedThreads& threads, const std::optional<PositionVector>& until) {
  while (true) {
    tick(until);
    if (until && reached(stand(), *until)) return true;
    if (threads.failed() || parts_.leave() || parts_.interrupt.wait(kTick)) return false;
  }
}

void Following::finish() {
  caught_up_.reached(positions());
  report(0, waiting());
}

void Following::tick(const std::optional<PositionVector>& until) {
  parts_.watch.check();
  if (const auto unreadable = parts_.watch.unreadable_settings()) {
    parts_.messages.warn(settings_warning(*unreadable));
  }
  const std::string why = waiting();
  if (why.empty()) {
    parts_.patience.progressed();
    look();
  } else if (!parts_.interrupt.requested()) {
    parts_.messages.end_progress();
    parts_.patience.check(why);
  }
  const uint64_t events_behind = behind(until);
  if (!what_.empty()) show_progress(why.empty() ? events_behind : 0);
  if (Clock::now() < report_at_) return;
  report_at_ = Clock::now() + kReportInterval;
  report(events_behind, why);
}

void Following::show_progress(uint64_t behind) {
  if (behind > 0) {
    parts_.messages.progress(what_, {done(), done() + behind});
  } else {
    parts_.messages.end_progress();
  }
}

void Following::look() {
  if (caught_up_.reached(positions()) && parts_.brokers_clock) {
    for (const auto& feed : parts_.feeds) feed->set_caught_up(*caught_up_.time_ms());
  }
  if (caught_up_.look_pending()) return;
  if (auto seen = parts_.watch.ends()) caught_up_.look(seen->time_ms, std::move(seen->ends));
}

std::string settings_warning(const std::string& unreadable) {
  return fmt::format("the topic's settings cannot be read ({}); check them by hand", unreadable);
}

// A broker that keeps its connections and says nothing is no trouble to the feeds.
std::string Following::waiting() {
  for (const auto& feed : parts_.feeds) {
    std::string why = feed->waiting();
    if (!why.empty()) return why;
  }
  if (const uint64_t now_done = done(); now_done != done_) {
    done_ = now_done;
    grew_at_ = Clock::now();
  }
  return Clock::now() - grew_at_ >= kSilentFor ? parts_.watch.silence() : std::string();
}

PositionVector Following::positions() const {
  PositionVector positions;
  for (const auto& feed : parts_.feeds) positions[feed->partition()] = feed->position();
  return positions;
}

PositionVector Following::stand() const {
  PositionVector stand;
  for (const auto& feed : parts_.feeds) stand[feed->partition()] = feed->done();
  return stand;
}

uint64_t Following::done() const {
  uint64_t sum = 0;
  for (const auto& feed : parts_.feeds) {
    sum += static_cast<uint64_t>(raw(feed->done()) - raw(started_at_.at(feed->partition())));
  }
  return sum;
}

uint64_t Following::behind(const std::optional<PositionVector>& until) const {
  uint64_t sum = 0;
  for (const auto& feed : parts_.feeds) {
    const Offset end = until ? until->at(feed->partition()) : feed->end().value_or(Offset{0});
    if (end > feed->done()) sum += static_cast<uint64_t>(raw(end) - raw(feed->done()));
  }
  return sum;
}

void Following::report(uint64_t behind, const std::string& why) {
  store::RunState& state = parts_.report.state();
  const bool following = behind == 0 && caught_up_.time_ms();
  state.phase = !why.empty() ? store::RunPhase::kWaitingForBrokers
                : following  ? store::RunPhase::kFollowing
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
