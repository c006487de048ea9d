#include "projector/bulk/generation_build.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "projector/bulk/disk.h"
#include "projector/fold/fold.h"
#include "schemas/base/error.h"
#include "schemas/base/start_threads.h"

namespace ledger::bulk {

namespace {

constexpr std::chrono::milliseconds kTick{20};

// One after the newest; numbers are not used again.
store::Generation fresh_generation(const store::ViewDirectory& directory) {
  const auto generations = directory.generations();
  return store::Generation{generations.empty() ? 1 : store::raw(generations.back()) + 1};
}

// Stops the threads of a scope that is left before they are waited for.
class StopAtEnd {
 public:
  explicit StopAtEnd(std::atomic<bool>& stop) : stop_(stop) {}
  ~StopAtEnd() { stop_ = true; }
  StopAtEnd(const StopAtEnd&) = delete;
  StopAtEnd& operator=(const StopAtEnd&) = delete;

 private:
  std::atomic<bool>& stop_;
};

}  // namespace

size_t build_threads(size_t wanted, size_t shards) {
  const size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(wanted == 0 ? cores : wanted, shards);
}

GenerationBuild::GenerationBuild(const store::ViewDirectory& directory,
                                 std::optional<store::Generation> base, BuildSettings settings,
                                 report::Messages& messages, const options::Interrupt& interrupt)
    : directory_(directory),
      settings_(std::move(settings)),
      messages_(messages),
      interrupt_(interrupt),
      declarations_(index::load_declarations()),
      started_(std::chrono::steady_clock::now()) {
  settings_.threads = build_threads(settings_.threads, directory_.log_partitions().size());
  const bool resumed = take_up(base);
  check_space(base);
  open(base);
  if (!resumed) begin_generation(directory_, fresh_, base);
}

GenerationBuild::~GenerationBuild() {
  const bool left = (interrupt_.requested() || unavailable_) && has_rounds();
  shards_.clear();
  if (left) forget_taking_up(directory_, fresh_);
  if (left || is_live()) return;
  std::error_code ignored;  // what stays is a leftover, which the next build removes
  std::filesystem::remove_all(directory_.generation(fresh_), ignored);
}

bool GenerationBuild::has_rounds() const {
  return std::any_of(shards_.begin(), shards_.end(),
                     [](const auto& shard) { return shard->has_rounds(); });
}

// What was left stays what this build would make, also on top of a base, and though `run` may have
// gone on since: the kept log is only ever appended to, and the fold of [0, n) of it is the same
// whenever it is done. So only what it was made by and how far it is have to be looked at.
bool GenerationBuild::take_up(std::optional<store::Generation> base) {
  const auto fits = [&](Partition partition, const store::ShardIdentity& identity,
                        Offset position) {
    const store::KeptLogReader kept(directory_.log(partition));
    if (identity != store::ShardIdentity{kept.identity(), fold::kFoldVersion, declarations_}) {
      return false;
    }
    if (position > settings_.left_max(partition).value_or(kept.end())) return false;
    if (position > kept.end()) return false;
    return !base ||
           position >= store::ShardReader(directory_.shard(*base, partition)).state().position;
  };
  const auto leftover = bulk::take_up(
      directory_, base, fits, [this](auto removed) { messages_.info(removal_text(removed)); });
  fresh_ = leftover ? leftover->generation : fresh_generation(directory_);
  if (!leftover) return false;
  messages_.info(fmt::format("{}: resumes generation {} at {}", settings_.what,
                             store::raw(leftover->generation), to_text(leftover->positions)));
  return true;
}

// Also when publishing failed behind the step that made it live.
bool GenerationBuild::is_live() const {
  try {
    return directory_.current() == fresh_;
  } catch (const Error&) {
    return true;  // nothing is removed unseen
  }
}

// Of a small live generation: as much as that takes. It is looked into as a base alone, for it may
// be damaged, as may be why another is built: it has the kept log up to its end then, or less, and
// nothing where a first one is filled.
Space GenerationBuild::space_needed(store::Generation live,
                                    std::optional<store::Generation> base) const {
  const uint64_t held_bytes = bytes_under(directory_.generation(live));
  uint64_t held_events = 0;
  uint64_t kept_events = 0;
  std::vector<ShardEvents> shards;
  for (const Partition partition : directory_.log_partitions()) {
    try {
      const Offset kept = store::KeptLogReader(directory_.log(partition)).end();
      const std::optional<Offset> filled_to = settings_.ends(partition);
      const Offset held =
          base        ? store::ShardReader(directory_.shard(live, partition)).state().position
          : filled_to ? Offset{0}
                      : kept;
      const Offset end = std::max(held, filled_to.value_or(kept));
      const int64_t folded = raw(end) - (base ? raw(held) : 0);
      shards.push_back({static_cast<uint64_t>(raw(end)), static_cast<uint64_t>(folded),
                        static_cast<uint64_t>(std::max<int64_t>(0, raw(end) - raw(kept)))});
      held_events += static_cast<uint64_t>(raw(held));
      kept_events += static_cast<uint64_t>(raw(kept));
    } catch (const Error&) {
      return {.views = held_bytes};
    }
  }
  if (held_events < kEventsToTell) return {.views = held_bytes};
  const auto kept_bytes = static_cast<double>(bytes_under(directory_.root() / "log"));
  return bulk::space_needed(
      shards,
      {.views = static_cast<double>(held_bytes) / static_cast<double>(held_events),
       .log = kept_bytes / static_cast<double>(kept_events)},
      settings_.memory / settings_.threads);
}

void GenerationBuild::check_space(std::optional<store::Generation> base) const {
  const auto live = directory_.current();
  const auto free = bytes_free(directory_.root());
  if (!live || !free) return;
  const Space needed = space_needed(*live, base);
  const uint64_t room = *free + bytes_under(directory_.generation(fresh_));
  if (room >= needed.views + needed.log) return;
  const std::string log =
      needed.log > 0 ? fmt::format(", and {} MiB for the log that is fetched", needed.log >> 20)
                     : "";
  throw Error(
      Fault::kFull,
      fmt::format("{}: the new generation needs about {} MiB beside the live one{}; {} has "
                  "{} MiB free; free some and start again",
                  settings_.what, needed.views >> 20, log, directory_.root().string(), room >> 20));
}

void GenerationBuild::open(std::optional<store::Generation> base) {
  for (const Partition partition : directory_.log_partitions()) {
    shards_.push_back(std::make_unique<ShardBuild>(
        directory_, fresh_, base, partition, declarations_, settings_.memory / settings_.threads));
  }
  check_logs();
}

// All partitions of one ledger, each where it belongs.
void GenerationBuild::check_logs() const {
  store::LogIdentity expected = shards_.front()->identity().log;
  const auto count = static_cast<size_t>(expected.partition_count);
  if (shards_.size() != count) {
    throw Error(Fault::kIntegrity,
                fmt::format("kept log {}: {} of {} partitions are there; restore log/ from a copy",
                            (directory_.root() / "log").string(), shards_.size(), count));
  }
  for (const auto& shard : shards_) {
    expected.partition = shard->partition();
    store::check_identity(shard->identity().log, expected,
                          directory_.log(shard->partition()).string());
  }
}

void GenerationBuild::fold_to(const std::function<Offset(const ShardBuild&)>& limit) {
  leave_if_unavailable([&] { work(limit); });
  messages_.end_progress();
  if (interrupt_.requested()) {
    throw Error(interrupt_.fault(),
                fmt::format("{}: interrupted; the live generation is as it was{}", settings_.what,
                            has_rounds() ? ", and the next time goes on from here" : ""));
  }
}

void GenerationBuild::work(const std::function<Offset(const ShardBuild&)>& limit) {
  std::atomic<size_t> next{0};
  std::atomic<size_t> working{settings_.threads};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr failure;
  for (const auto& shard : shards_) shard->expect(limit(*shard), settings_.more_comes());
  const uint64_t total = folded() + left();
  const auto fold_shards = [&](size_t) {
    try {
      for (size_t i = next++; i < shards_.size() && !stop; i = next++) {
        shards_[i]->fold_to(limit(*shards_[i]), stop, settings_.more_comes);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      stop = true;
    }
    --working;
  };
  {
    const std::vector<std::jthread> threads =
        start_threads(settings_.threads, fold_shards, [&] { stop = true; });
    const StopAtEnd stopped(stop);
    watch(working, total);
  }
  if (failure) std::rethrow_exception(failure);
}

void GenerationBuild::watch(const std::atomic<size_t>& working, uint64_t total) {
  while (working > 0 && !interrupt_.wait(kTick)) {
    messages_.progress(settings_.what, {folded(), total, seconds_left()});
    settings_.tick();
  }
}

uint64_t GenerationBuild::folded() const {
  uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->folded();
  return sum;
}

// Events that the shards expect.
uint64_t GenerationBuild::left() const {
  uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->work().events_left;
  return sum;
}

std::optional<double> GenerationBuild::seconds_left() const {
  std::vector<ShardWork> shards;
  for (const auto& shard : shards_) shards.push_back(shard->work());
  return bulk::seconds_left(shards, settings_.threads, settings_.fetch_left());
}

PositionVector GenerationBuild::place() {
  PositionVector positions;
  for (const auto& shard : shards_) {
    positions[shard->partition()] = shard->state().position;
    shard->place();
  }
  return positions;
}

void GenerationBuild::publish(const PositionVector& positions) {
  directory_.publish(fresh_);
  end_generation(directory_, fresh_);
  int64_t events = 0;
  for (const auto& shard : shards_) {
    events += raw(positions.at(shard->partition())) - raw(shard->start());
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  messages_.info(fmt::format("published generation {} at {}: {} events in {:.1f} s ({:.0f}/s)",
                             store::raw(fresh_), to_text(positions), events, seconds,
                             static_cast<double>(events) / std::max(seconds, 1e-3)));
  shards_.clear();
}

}  // namespace ledger::bulk
