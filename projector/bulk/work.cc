#include "projector/bulk/work.h"

#include <algorithm>
#include <vector>

#include "projector/bulk/shard_stack.h"

namespace ledger::bulk {

namespace {

// Making and copying an entry: measured with workload W, CPU, when an event took 2.7 us to fold.
// The others: shares of the samples of a profile of 20 M events, where an event takes 1.7 us to
// fold with nothing below; an entry of a layer is merged, or made from its row.
constexpr double kOverSome = 1.5;
constexpr double kMake = 0.135;
constexpr double kLayer = 0.045;
constexpr double kMerge = 0.17;
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

// Below, as it will be.
struct Below {
  double layers = 0;
  double base = 0;
};

double folding_of(double events, const Below& below) {
  return below.layers + below.base > 0 ? kOverSome * events : events;
}
double layer_of(double fresh, uint64_t number) {
  const bool joins = number % ShardStack::kFanIn == 0;
  return kLayer * fresh + (joins ? kCopy * fresh * ShardStack::kFanIn : 0);
}
double shard_of(double fresh, const Below& below) {
  return kMake * fresh + kMerge * below.layers + kCopy * below.base;
}

Below to_below(const EntriesBelow& below) {
  return {static_cast<double>(below.layers), static_cast<double>(below.base)};
}

// How many events fill a round of the shard, as far as it can be told.
double round_of(const ShardWork& shard, const Speeds& all) {
  double round = all.events_per_round;
  if (shard.round_events > 0) {
    round = static_cast<double>(shard.round_events);
  } else if (shard.full > kFullMin) {
    round = static_cast<double>(shard.events) / shard.full;
  }
  if (round == 0) round = static_cast<double>(shard.events_left);
  return std::max(round, kRoundEventsMin);
}

struct Units {
  double folding = 0;
  double writing = 0;
};

// What is being written, to its end. Changes what is below to what it is then.
double rest_of_write(const ShardWork& shard, Below& below) {
  const auto fresh = static_cast<double>(shard.fresh);
  const bool is_shard = shard.writing == ShardWork::Writing::kShard;
  const double whole = is_shard ? fresh + below.layers + below.base : fresh;
  const double share = whole > 0 ? std::min(1.0, static_cast<double>(shard.written) / whole) : 1;
  if (is_shard) {
    const double units = shard_of(fresh, below);
    below = {0, whole};
    return (1 - share) * units;
  }
  below.layers += fresh;
  return (1 - share) * layer_of(fresh, shard.layers + 1);
}

// Of one shard alone.
Units units_left(const ShardWork& shard, const Speeds& all) {
  const double own = fresh_per_event(shard);
  const double per_event = own > 0 ? own : all.fresh_per_event;
  const double round = round_of(shard, all);
  Below below = to_below(shard.below);
  uint64_t layers = shard.layers;
  auto in_round = static_cast<double>(shard.events);
  Units units;
  if (shard.writing != ShardWork::Writing::kNothing) {
    units.writing += rest_of_write(shard, below);
    in_round = 0;
    ++layers;
  }
  for (auto left = static_cast<double>(shard.events_left); left > 0;) {
    const double more = std::clamp(round - in_round, 0.0, left);
    units.folding += folding_of(more, below);
    left -= more;
    in_round += more;
    if (left == 0) break;
    units.writing += layer_of(in_round * per_event, ++layers);
    below.layers += in_round * per_event;
    in_round = 0;
  }
  if (in_round + below.layers > 0) units.writing += shard_of(in_round * per_event, below);
  return units;
}

double seconds_left(const ShardWork& shard, const Speeds& all) {
  const Units units = units_left(shard, all);
  return units.folding * all.folding + units.writing * all.writing;
}

// So many seconds of work, of which some are done while events are fetched.
double beside_fetch(double work, std::span<const ShardWork> shards, size_t threads,
                    double fetch_left) {
  FetchedBeside sum;
  for (const ShardWork& shard : shards) {
    sum.passed += shard.beside.passed;
    sum.waited += shard.beside.waited;
    sum.worked += shard.beside.worked;
    sum.used += shard.beside.used;
  }
  if (sum.worked <= 0 || sum.passed <= sum.waited) return work;
  const double share = sum.worked / sum.passed;
  const double undisturbed = sum.worked / (sum.passed - sum.waited);
  const double cores_each = sum.used / sum.passed / static_cast<double>(threads);
  const double afterwards = std::min(1.0, std::max(undisturbed, cores_each));
  return work / afterwards + fetch_left * (1 - std::min(1.0, share / afterwards));
}

}  // namespace

double fold_units(uint64_t events, const EntriesBelow& below) {
  return folding_of(static_cast<double>(events), to_below(below));
}

double layer_units(uint64_t fresh, uint64_t number) {
  return layer_of(static_cast<double>(fresh), number);
}

double shard_units(uint64_t fresh, const EntriesBelow& below) {
  return shard_of(static_cast<double>(fresh), to_below(below));
}

std::optional<double> seconds_left(std::span<const ShardWork> shards, size_t threads,
                                   double fetch_left) {
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
  const double alone = *std::max_element(busy.begin(), busy.end());
  return fetch_left > 0 ? beside_fetch(alone, shards, threads, fetch_left) : alone;
}

}  // namespace ledger::bulk
