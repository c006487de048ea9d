#include "projector/run/feed.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{50};
constexpr milliseconds kCatchUpTurn{200};

}  // namespace

Feed::Feed(std::optional<Offset> keep_to, shard::Shard& shard, consumer::Guards& guards,
           const log::Connection& connection, const consumer::BatchLimits& limits,
           size_t queue_bytes_max, Clock::time_point agreed_at, const CompareTimes& times)
    : keep_to_(keep_to),
      shard_(shard),
      guards_(guards),
      limits_(limits),
      times_(times),
      stream_(connection, shard.partition(), shard.kept_end(), queue_bytes_max),
      ask_at_(agreed_at + times.interval),
      partition_(shard.partition()),
      position_(raw(shard.position())),
      done_(raw(keep_to ? shard.kept_end() : shard.position())),
      agreed_at_(agreed_at) {}

bool Feed::step(milliseconds wait, const std::stop_token& stop) {
  if (!keep_to_ && shard_.behind_kept()) {
    catch_up(stop);
    return true;
  }
  const consumer::Arrived arrived = stream_.poll(limits_, wait);
  note(arrived);
  if (differs_.exchange(false)) doubtful_ = true;
  if (!arrived.events.empty()) ask_beside();
  if (doubtful_ && !compare(stop)) return false;
  take(arrived);
  if (keep_to_ && !note_kept(stop)) return false;
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
  if (keep_to_) {
    if (!arrived.events.empty()) shard_.keep(arrived.events);
    return;
  }
  const bool more = arrived.full && !arrived.ends();
  if (!arrived.events.empty()) shard_.append(arrived.events, more);
  if (!more) shard_.commit();
  done_ = position_ = raw(shard_.position());
}

// What was kept last is compared too before the feed is whole.
// Returns: false when it was stopped before the brokers answered.
bool Feed::note_kept(const std::stop_token& stop) {
  if (shard_.kept_end() >= *keep_to_ && !compare(stop)) return false;
  done_ = raw(shard_.kept_end());
  return true;
}

void Feed::finish() {
  shard_.commit();
  if (!keep_to_) done_ = position_ = raw(shard_.position());
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

// A comparison takes tens of milliseconds, which events need not wait for while the last one is
// young.
void Feed::ask_beside() {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  if (now >= agreed_at_ + times_.within) doubtful_ = true;
  if (doubtful_ || now < ask_at_ || question_ || answering_) return;
  question_ = shard_.held();
  asked_at_ = now;
  ask_at_ = now + times_.interval;
}

std::optional<consumer::Held> Feed::question() {
  const std::lock_guard lock(mutex_);
  answering_ = question_.has_value();
  return std::exchange(question_, std::nullopt);
}

void Feed::answer(LogAnswer answer) {
  const std::lock_guard lock(mutex_);
  answering_ = false;
  if (answer == LogAnswer::kAgrees) agreed_at_ = std::max(agreed_at_, asked_at_);
  if (answer == LogAnswer::kDiffers) differs_ = true;
}

bool Feed::compare(const std::stop_token& stop) {
  Clock::time_point held_at;
  const auto question = [&] {
    held_at = Clock::now();
    guards_.check(shard_.held());
  };
  if (!ask(question, stop)) return false;
  doubtful_ = false;
  ask_at_ = held_at + times_.interval;
  const std::lock_guard lock(mutex_);
  agreed_at_ = held_at;
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
