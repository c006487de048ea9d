#include "projector/run/run.h"

#include <atomic>
#include <functional>

#include <fmt/format.h>

#include "events/log/patience.h"
#include "projector/bulk/generation_build.h"
#include "projector/report/run_report.h"
#include "projector/run/beside.h"
#include "projector/run/following.h"
#include "projector/run/live_lock.h"
#include "projector/run/opening.h"
#include "schemas/base/time.h"

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

constexpr const char* kProgram = "ledger-projector";
constexpr milliseconds kProbePatience{500};
constexpr size_t kFetchAheadBytes = size_t{128} << 20;   // over all partitions
constexpr size_t kFetchAheadBytesMin = size_t{1} << 20;  // of a partition
// The embedded broker answers a fetch when its time is over, whatever has come.
constexpr const char* kShortFetchMs = "25";
constexpr size_t kBytesPerDirtyPage = 5120;  // LMDB's page, and what the fold has for it
constexpr size_t kDirtyPagesMin = 4096;
// Measured: a folded event costs 2 us to copy, a new one 7 by the bulk and 28 by the live path.
constexpr uint64_t kHeldPerBacklogMax = 8;

// Events from `start` to `end`; a partition that `start` leaves out counts from 0.
uint64_t distance(const PositionVector& start, const PositionVector& end) {
  uint64_t sum = 0;
  for (const auto& [partition, offset] : end) {
    const auto from = start.find(partition);
    const int64_t first = from == start.end() ? 0 : raw(from->second);
    sum += static_cast<uint64_t>(std::max<int64_t>(0, raw(offset) - first));
  }
  return sum;
}

// Calls what it was given when it goes.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> call) : call_(std::move(call)) {}
  ~AtEnd() { call_(); }
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;

 private:
  std::function<void()> call_;
};

class Run {
 public:
  Run(const RunOptions& options, const options::Interrupt& interrupt,
      const store::ViewDirectory& directory, LiveLock& lock, report::Messages& messages,
      report::RunReport& report)
      : options_(options),
        interrupt_(interrupt),
        directory_(directory),
        lock_(lock),
        messages_(messages),
        report_(report),
        patience_(kProgram, interrupt, options.quiet, options.give_up_after),
        probe_(options.connection, kProbePatience, stopping_),
        beside_(options.connection, options.views, stopping_),
        guards_(probe_, options.connection.topic, options.views) {}

  Fault run() {
    open();
    const PositionVector start = position();
    bool reached = false;
    while (true) {
      try {
        reached = go_on();
        break;
      } catch (const Asked&) {
        hand_over();
      }
    }
    report_.stopped();
    messages_.info(fmt::format("stopped at {}: folded {} events", to_text(position()),
                               distance(start, position())));
    if (options_.until_end && !reached) throw Error(interrupt_.fault(), "stopped before the end");
    return Fault::kNone;
  }

 private:
  struct Asked {};  // thrown between two steps: a rebuild asks for writer.lock

  // Returns: whether the end was reached.
  bool go_on() {
    fill_from_kept();
    for (; gaps_accepted_ < options_.accepted_gaps.size(); ++gaps_accepted_) {
      accept(options_.accepted_gaps[gaps_accepted_]);
    }
    const PositionVector ends = compare();
    if (!until_ && options_.until_end) until_ = ends;
    if (bulk_pays(distance(position(), ends))) {
      fetch(ends);
      fill_from_kept();
    }
    remove_leftovers(bulk::Keep::kRebuild);  // no fill will go on with one
    return follow(ends);
  }

  bool asked() {
    if (!lock_.asked()) return false;
    if (!asked_at_) asked_at_ = std::chrono::steady_clock::now();
    return true;
  }

  // Lets a rebuild publish, and follows it.
  void hand_over() {
    messages_.end_progress();
    messages_.info(fmt::format("a rebuild takes over at {}", to_text(position())));
    feeds_.clear();
    shards_.clear();
    lock_.hand_over(interrupt_, [this] { report_.beat(); });
    remove_leftovers(bulk::Keep::kAll);
    open_shards();
  }

  void hand_over_unopened() {
    messages_.info("a rebuild takes over");
    lock_.hand_over(interrupt_, [this] { report_.beat(); });
    asked_at_.reset();
  }

  void say_that_it_goes_on() {
    if (!asked_at_) return;
    const auto pause = std::chrono::steady_clock::now() - *asked_at_;
    messages_.info(fmt::format("goes on in generation {} at {}, {:.0f} ms after it was asked",
                               store::raw(*directory_.current()), to_text(position()),
                               std::chrono::duration<double, std::milli>(pause).count()));
    asked_at_.reset();
  }

  // What builds that died left; while one lives, the newest generation is its own.
  void remove_leftovers(bulk::Keep keep) {
    const auto building = store::FileLock::try_take(directory_.build_lock());
    if (!building) return;
    directory_.remove_handover();
    const auto left = bulk::remove_leftovers(directory_, keep);
    if (!left || keep == bulk::Keep::kAll) return;
    messages_.info(
        fmt::format("a rebuild that died left generation {}: ledger-projector rebuild "
                    "goes on with it, removing its folder frees the space",
                    store::raw(*left)));
  }

  // Asks until the brokers answer.
  template <typename Ask>
  auto patiently(Ask ask) {
    while (true) {
      try {
        auto answer = ask();
        patience_.progressed();
        report_.waits_no_more();
        return answer;
      } catch (const consumer::NotReachable& trouble) {
        wait_for_brokers(trouble.reason);
      }
    }
  }

  void wait_for_brokers(const std::string& why) {
    report_.waits();
    if (asked()) {
      if (!shards_.empty()) throw Asked();
      hand_over_unopened();
    }
    patience_.wait(why);
  }

  void open() {
    const auto stored = stored_identity(directory_);
    identity_ = patiently([&] { return guards_.identify(stored); });
    if (!identity_.ephemeral) {
      const std::string unreadable = patiently([&] { return probe_.check_settings(); });
      if (!unreadable.empty()) messages_.warn(settings_warning(unreadable));
    }
    remove_leftovers(bulk::Keep::kAll);
    open_shards();
    messages_.info(fmt::format("ledger {}, topic {}, {} partitions; views {} at {}",
                               to_text(identity_.ledger_id), identity_.topic,
                               identity_.partition_count, options_.views, to_text(position())));
  }

  void open_shards() {
    const auto shards = static_cast<size_t>(identity_.partition_count);
    shard::BatchBounds bounds;
    bounds.events_max = options_.batch_events;
    bounds.dirty_pages_max = std::clamp(options_.memory / shards / kBytesPerDirtyPage,
                                        kDirtyPagesMin, shard::BatchBounds{}.dirty_pages_max);
    shards_ = run::open_shards(directory_, identity_, bounds);
  }

  PositionVector position() const {
    PositionVector positions;
    for (const auto& shard : shards_) positions[shard->partition()] = shard->position();
    return positions;
  }

  void accept(const consumer::AcceptedGap& gap) {
    const std::string named =
        fmt::format("--accept-gap {}:{}-{}", raw(gap.partition), raw(gap.from), raw(gap.limit));
    if (raw(gap.partition) >= identity_.partition_count) {
      throw Error(Fault::kUsage, fmt::format("{}: the ledger has {} partitions", named,
                                             identity_.partition_count));
    }
    shard::Shard& shard = *shards_[static_cast<size_t>(raw(gap.partition))];
    if (shard.accepted(gap.from, gap.limit)) {
      messages_.info(fmt::format("{}: accepted earlier", named));
      return;
    }
    if (shard.kept_end() != gap.from) {
      throw Error(Fault::kUsage, fmt::format("{}: the views stand at {}, so a gap can be accepted "
                                             "there only",
                                             named, raw(shard.kept_end())));
    }
    patiently([&] { return guards_.check_gap(gap), true; });
    shard.accept_gap(gap.limit);
    messages_.warn(
        fmt::format("{}: {} events are accepted as lost", named, raw(gap.limit) - raw(gap.from)));
  }

  // Does a new generation, in which everything is written once more, cost less than the events one
  // by one?
  bool bulk_pays(uint64_t backlog) const {
    if (no_room_) return false;
    const uint64_t held = distance({}, position());
    return backlog >= options_.bulk_from && backlog * kHeldPerBacklogMax >= held;
  }

  // What is kept and not folded yet, if it is worth a new generation; else the feeds fold it.
  void fill_from_kept() {
    PositionVector kept;
    for (const auto& shard : shards_) kept[shard->partition()] = shard->kept_end();
    if (bulk_pays(distance(position(), kept))) fill();
  }

  // A new generation at the end of the kept logs, in place of the live one, which is a part of it.
  // Those that a rebuild left stay.
  // Changes nothing when the disk has no room for two, or a rebuild is at work.
  void fill() {
    const auto building = store::FileLock::try_take(directory_.build_lock());
    if (!building) return;
    const auto replaced = directory_.current();
    const bool empty = distance({}, position()) == 0;
    const auto base = empty ? std::nullopt : replaced;
    shards_.clear();
    try {
      bulk::GenerationBuild build(directory_, base,
                                  {.what = "filling",
                                   .memory = options_.memory,
                                   .threads = options_.threads,
                                   .tick = [this] { report_.beat(); }},
                                  messages_, interrupt_);
      build.fold_to([](const bulk::ShardBuild& shard) { return shard.end(); });
      build.publish(build.place());
    } catch (const Error& error) {
      if (error.fault() != Fault::kFull) throw;
      messages_.warn(fmt::format("{}; going on event by event", error.what()));
      no_room_ = true;
      open_shards();
      return;
    }
    directory_.remove_generation(*replaced);
    open_shards();
  }

  // Keeps the log up to `ends`, for a fill to fold.
  void fetch(const PositionVector& ends) {
    start_feeds(FeedMode::kKeep);
    const bool reached = step_feeds("fetching", ends, ends);
    feeds_.clear();
    if (!reached) throw Error(interrupt_.fault(), "interrupted");
  }

  // Returns: where the log ends.
  PositionVector compare() {
    asked_ms_ = now_unix_ms();
    PositionVector ends;
    for (const auto& shard : shards_) {
      const log::Watermarks extent = patiently([&] { return guards_.check(shard->held()); });
      ends[shard->partition()] = extent.high;
      if (extent.low > Offset{0}) warn_of_start(*shard, extent.low);
    }
    return ends;
  }

  void warn_of_start(const shard::Shard& shard, Offset low) {
    messages_.warn(fmt::format(
        "partition {} of {} starts at {}: the log no longer has what is before, only the kept log "
        "in {} does; a ledger's topic keeps all events (retention.ms=-1, retention.bytes=-1)",
        raw(shard.partition()), identity_.topic, raw(low), options_.views));
  }

  void start_feeds(FeedMode mode) {
    const size_t queue_bytes = std::max(kFetchAheadBytes / shards_.size(), kFetchAheadBytesMin);
    consumer::BatchLimits limits;
    limits.events_max = options_.batch_events;
    log::Connection connection = options_.connection;
    if (identity_.ephemeral)
      connection.properties.insert(connection.properties.begin(), kShortFetch);
    for (const auto& shard : shards_) {
      feeds_.push_back(
          std::make_unique<Feed>(mode, *shard, guards_, connection, limits, queue_bytes));
    }
  }

  bool follow(const PositionVector& ends) {
    start_feeds(FeedMode::kFold);
    return step_feeds("catching up", ends, until_);
  }

  // Returns: whether `until` was reached. Throws: Asked.
  bool step_feeds(const std::string& what, const PositionVector& ends,
                  const std::optional<PositionVector>& until) {
    for (const auto& feed : feeds_) feed->see_end(ends.at(feed->partition()));
    bool leaves = false;
    const AtEnd unhurried([this] { hurry_ = false; });
    LogWatch watch(beside_.watched(feeds_, identity_.ephemeral));
    const Comparing comparing(feeds_, beside_.compared());
    Following following({feeds_, watch, report_, messages_, patience_, interrupt_,
                         !identity_.ephemeral, [&] { return leaves = asked(); }},
                        what, asked_ms_, ends);
    const size_t threads = options_.threads == 0 ? feeds_.size() : options_.threads;
    FeedThreads feed_threads(feeds_, threads, [this] { hurry_ = true; });
    say_that_it_goes_on();
    const bool reached = following.follow(feed_threads, until);
    feed_threads.join();
    messages_.end_progress();
    following.finish();
    if (leaves) throw Asked();
    return reached;
  }

  const RunOptions& options_;
  const options::Interrupt& interrupt_;
  const store::ViewDirectory& directory_;
  LiveLock& lock_;
  report::Messages& messages_;
  report::RunReport& report_;
  log::Patience patience_;
  std::atomic<bool> hurry_{false};  // the feeds shall stop: nobody waits for brokers any more
  const std::function<bool()> stopping_ = [this] { return hurry_ || interrupt_.requested(); };
  consumer::LogProbe probe_;
  Beside beside_;
  consumer::Guards guards_;
  store::LogIdentity identity_;
  std::vector<std::unique_ptr<shard::Shard>> shards_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  double asked_ms_ = 0;  // when the ends were asked for
  size_t gaps_accepted_ = 0;
  bool no_room_ = false;                                           // for a second generation
  std::optional<std::chrono::steady_clock::time_point> asked_at_;  // for the lock, not yet back
  std::optional<PositionVector> until_;  // the ends at the start, when that is where it stops
};

bool is_stop(const Error& error) {
  return error.fault() == Fault::kInterrupted || error.fault() == Fault::kTerminated;
}

}  // namespace

Fault run(const RunOptions& options, const options::Interrupt& interrupt) {
  report::Messages messages(options.quiet);
  const store::ViewDirectory directory(options.views);
  directory.create();
  LiveLock lock(directory);
  report::RunReport report(directory.run_json(), messages);
  try {
    return Run(options, interrupt, directory, lock, messages, report).run();
  } catch (const Error& error) {
    messages.end_progress();
    if (is_stop(error)) {
      report.stopped();
      if (!options.until_end) return Fault::kNone;
    } else if (error.fault() != Fault::kUsage) {
      report.refused(error);
    }
    throw;
  }
}

}  // namespace ledger::run
