#include "projector/bulk/work.h"

#include <algorithm>
#include <vector>

namespace ledger::bulk {

namespace {

// Measured with workload W, CPU: an event takes 2.7 us to fold, 4.5 over a base; an entry 0.39 us
// to make and 0.13 to copy.
constexpr double kOverBase = 1.65;
constexpr double kMake = 0.135;
constexpr double kCopy = 0.044;
// Memory is taken in pieces: less tells nothing of how many events will fill it.
constexpr double kFullMin = 0.1;
// The least that is taken for a round, so that odd numbers make no endless ones.
constexpr double kRoundEventsMin = 1024;

// What all shards together tell of each.
struct Speeds {
  double folding = 0;           // seconds a unit; 0: not known
  double writing = 0;           // likewise
  double events_per_round = 0;  // 0: not known
  double fresh_per_event = 0;
};

// 0 when it has folded nothing yet.
double fresh_per_event(const ShardWork& shard) {
  if (shard.events == 0) return shard.fresh_per_event;
  return static_cast<double>(shard.fresh) / static_cast<double>(shard.events);
}

Speeds speeds_of(std::span<const ShardWork> shards) {
  Speeds speeds;
  ShardWork sum;
  double rounds = 0;
  double round_events = 0;
  for (const ShardWork& shard : shards) {
    sum.fold_units += shard.fold_units;
    sum.fold_seconds += shard.fold_seconds;
    sum.write_units += shard.write_units;
    sum.write_seconds += shard.write_seconds;
    speeds.fresh_per_event = std::max(speeds.fresh_per_event, fresh_per_event(shard));
    if (shard.round_events == 0) continue;
    round_events += static_cast<double>(shard.round_events);
    ++rounds;
  }
  if (sum.fold_units == 0) return speeds;
  speeds.folding = sum.fold_seconds / sum.fold_units;
  speeds.writing = sum.write_units > 0 ? sum.write_seconds / sum.write_units : speeds.folding;
  if (rounds > 0) speeds.events_per_round = round_events / rounds;
  return speeds;
}

double folding_of(double events, double base) { return base > 0 ? kOverBase * events : events; }
double writing_of(double fresh, double base) { return kMake * fresh + kCopy * base; }

// Of one shard alone.
double seconds_left(const ShardWork& shard, const Speeds& all) {
  const auto events = static_cast<double>(shard.events);
  const double own = fresh_per_event(shard);
  const double per_event = own > 0 ? own : all.fresh_per_event;
  double round = all.events_per_round;
  if (shard.round_events > 0) {
    round = static_cast<double>(shard.round_events);
  } else if (shard.full > kFullMin) {
    round = events / shard.full;
  }
  auto left = static_cast<double>(shard.events_left);
  if (round == 0) round = left;
  round = std::max(round, kRoundEventsMin);
  auto base = static_cast<double>(shard.base);
  double writing = 0;
  double in_round = events;
  if (shard.writing) {
    const double whole = static_cast<double>(shard.fresh) + base;
    const double share = whole > 0 ? std::min(1.0, static_cast<double>(shard.written) / whole) : 1;
    writing += (1 - share) * writing_of(static_cast<double>(shard.fresh), base);
    base = whole;
    in_round = 0;
  }
  double folding = 0;
  while (left > 0 || in_round > 0) {
    const double more = std::clamp(round - in_round, 0.0, left);
    const double fresh = (in_round + more) * per_event;
    folding += folding_of(more, base);
    writing += writing_of(fresh, base);
    base += fresh;
    left -= more;
    in_round = 0;
  }
  return folding * all.folding + writing * all.writing;
}

}  // namespace

double fold_units(uint64_t events, uint64_t base) {
  return folding_of(static_cast<double>(events), static_cast<double>(base));
}

double write_units(uint64_t fresh, uint64_t base) {
  return writing_of(static_cast<double>(fresh), static_cast<double>(base));
}

std::optional<double> seconds_left(std::span<const ShardWork> shards, size_t threads) {
  const Speeds speeds = speeds_of(shards);
  if (speeds.folding == 0) return std::nullopt;
  std::vector<double> busy;  // until when, each thread
  for (const ShardWork& shard : shards) {
    if (shard.begun) busy.push_back(seconds_left(shard, speeds));
  }
  std::sort(busy.begin(), busy.end(), std::greater<>());
  busy.resize(std::max<size_t>(threads, 1));  // shards that are done are the last ones
  for (const ShardWork& shard : shards) {
    if (shard.begun) continue;
    *std::min_element(busy.begin(), busy.end()) += seconds_left(shard, speeds);
  }
  return *std::max_element(busy.begin(), busy.end());
}

}  // namespace ledger::bulk
