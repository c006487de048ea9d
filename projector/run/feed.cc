#include "projector/run/feed.h"

#include <algorithm>
#include <thread>

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kCompareInterval{1};  // while events flow
constexpr milliseconds kPause{50};
constexpr milliseconds kCatchUpTurn{200};

}  // namespace

Feed::Feed(FeedMode mode, shard::Shard& shard, consumer::Guards& guards,
           const log::Connection& connection, const consumer::BatchLimits& limits,
           size_t queue_bytes_max)
    : mode_(mode),
      shard_(shard),
      guards_(guards),
      limits_(limits),
      stream_(connection, shard.partition(), shard.kept_end(), queue_bytes_max),
      compare_at_(Clock::now() + kCompareInterval),
      partition_(shard.partition()),
      position_(raw(shard.position())),
      done_(raw(mode == FeedMode::kFold ? shard.position() : shard.kept_end())) {}

bool Feed::step(milliseconds wait, const std::stop_token& stop) {
  if (mode_ == FeedMode::kFold && shard_.behind_kept()) {
    catch_up(stop);
    return true;
  }
  const consumer::Arrived arrived = stream_.poll(limits_, wait);
  note(arrived);
  if (!arrived.events.empty() && Clock::now() >= compare_at_) doubtful_ = true;
  if (doubtful_ && !compare(stop)) return false;
  take(arrived);
  if (arrived.stop) throw Error(*arrived.stop);
  if (arrived.damage) {
    ask([&] { guards_.refuse_damage(partition_, stream_.next(), *arrived.damage); }, stop);
  }
  if (arrived.position_lost) {
    stream_.restart();
    std::this_thread::sleep_for(kPause);
  }
  return !arrived.events.empty();
}

// The other feeds of the thread have their turn after kCatchUpTurn.
void Feed::catch_up(const std::stop_token& stop) {
  const auto until = Clock::now() + kCatchUpTurn;
  shard_.catch_up([&] {
    done_ = position_ = raw(shard_.position());
    return !stop.stop_requested() && Clock::now() < until;
  });
  done_ = position_ = raw(shard_.position());
}

void Feed::take(const consumer::Arrived& arrived) {
  if (mode_ == FeedMode::kKeep) {
    if (!arrived.events.empty()) shard_.keep(arrived.events);
    done_ = raw(shard_.kept_end());
    return;
  }
  const bool more = arrived.full && !arrived.ends();
  if (!arrived.events.empty()) shard_.append(arrived.events, more);
  if (!more) shard_.commit();
  done_ = position_ = raw(shard_.position());
}

void Feed::finish() {
  shard_.commit();
  if (mode_ == FeedMode::kFold) done_ = position_ = raw(shard_.position());
}

void Feed::note(const consumer::Arrived& arrived) {
  if (arrived.end) see_end(*arrived.end);
  if (arrived.trouble) {
    doubtful_ = true;
    set_waiting(*arrived.trouble);
  } else if (arrived.answered) {
    set_waiting("");
  }
  const double caught_up_ms = caught_up_ms_;
  for (const store::KeptEvent& event : arrived.events) {
    const double behind_ms = caught_up_ms - static_cast<double>(event.timestamp_ms);
    if (behind_ms > clock_behind_ms_) clock_behind_ms_ = behind_ms;
  }
}

bool Feed::compare(const std::stop_token& stop) {
  if (!ask([&] { guards_.check(shard_.held()); }, stop)) return false;
  doubtful_ = false;
  compare_at_ = Clock::now() + kCompareInterval;
  return true;
}

// Returns: false when it was stopped before the brokers answered.
bool Feed::ask(const std::function<void()>& question, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      question();
      set_waiting("");
      return true;
    } catch (const consumer::NotReachable& trouble) {
      set_waiting(trouble.reason);
      std::this_thread::sleep_for(kPause);
    }
  }
  return false;
}

void Feed::set_waiting(const std::string& why) {
  const std::lock_guard lock(mutex_);
  waiting_ = why;
}

std::string Feed::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void Feed::see_end(Offset end) {
  int64_t seen = end_;
  while (seen < raw(end) && !end_.compare_exchange_weak(seen, raw(end))) {
  }
}

std::optional<Offset> Feed::end() const {
  const int64_t end = end_;
  if (end < 0) return std::nullopt;
  return Offset{end};
}

}  // namespace ledger::run
