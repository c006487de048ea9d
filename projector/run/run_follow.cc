// The feeds, and all that goes on beside them.
#include <algorithm>
#include <utility>

#include "projector/run/feeding_internal.h"

namespace ledger::run {

namespace {

constexpr size_t kFetchAheadBytes = size_t{128} << 20;    // over all partitions
constexpr size_t kFetchAheadBytesMin = size_t{1} << 20;   // of a partition
constexpr size_t kFetchAheadPart = 8;                     // of --memory at most
constexpr size_t kFillAheadBytes = kFetchAheadBytes / 2;  // the rounds use memory better
// Enough partitions at a time for the threads of a fill to find events, and for brokers far away.
constexpr size_t kFetchersPerFold = 2;
// The embedded broker answers a fetch when its time is over, whatever has come.
constexpr const char* kShortFetchMs = "25";

}  // namespace

size_t Run::fetch_ahead_bytes(bool keep) const {
  const size_t most = keep ? kFillAheadBytes : kFetchAheadBytes;
  return std::max(std::min(most, options_.memory / kFetchAheadPart),
                  kFetchAheadBytesMin * shards_.size());
}

std::vector<std::unique_ptr<Feed>> Run::make_feeds(const PositionVector* keep_to) {
  consumer::BatchLimits limits;
  limits.events_max = options_.batch_events;
  log::Connection connection = options_.connection;
  if (identity_.ephemeral) {
    connection.properties.emplace(connection.properties.begin(), "fetch.wait.max.ms",
                                  kShortFetchMs);
  }
  const size_t queue_bytes = fetch_ahead_bytes(keep_to != nullptr) / shards_.size();
  std::vector<std::unique_ptr<Feed>> feeds;
  for (const auto& shard : shards_) {
    std::optional<Offset> limit;
    if (keep_to != nullptr) limit = keep_to->at(shard->partition());
    feeds.push_back(std::make_unique<Feed>(limit, *shard, guards_, connection, limits, queue_bytes,
                                           compared_at_));
  }
  return feeds;
}

size_t Run::feed_threads(bool keep) const {
  if (options_.threads != 0) return options_.threads;
  if (!keep) return shards_.size();
  return kFetchersPerFold * bulk::build_threads(options_.threads, shards_.size());
}

bool Run::follow(const PositionVector& ends) {
  return Feeding(*this, Feeding::Mode::kFold, "catching up", ends).follow(until_);
}

Run::Feeding::Feeding(Run& run, Mode mode, const std::string& what, const PositionVector& ends)
    : run_(run),
      unhurried_(run.hurry_),
      feeds_(run.make_feeds(mode == Mode::kKeep ? &ends : nullptr)),
      watch_(run.beside_.watched(feeds_, run.identity_.ephemeral)),
      comparing_(feeds_, run.beside_.compared()),
      following_({feeds_, watch_, run.report_, run.messages_, run.patience_, run.interrupt_,
                  !run.identity_.ephemeral, [this] { return leaves_ = run_.asked(); }},
                 what, run.asked_ms_, ends),
      threads_(feeds_, run.feed_threads(mode == Mode::kKeep), [this] { run_.hurry_ = true; }) {
  for (const auto& feed : feeds_) feed->see_end(ends.at(feed->partition()));
  run_.say_that_it_goes_on();
}

bool Run::Feeding::follow(const std::optional<PositionVector>& until) {
  const bool reached = following_.follow(threads_, until);
  threads_.join();
  run_.messages_.end_progress();
  following_.finish();
  if (leaves_) throw Asked();
  return reached;
}

bool Run::Feeding::wait(const PositionVector& until) {
  const bool reached = following_.follow(threads_, until);
  if (leaves_) throw Asked();
  return reached;
}

double Run::Feeding::seconds_left(const PositionVector& until) const {
  const std::chrono::duration<double> passed = Feed::Clock::now() - began_at_;
  const auto done = static_cast<double>(following_.done());
  return done > 0 ? static_cast<double>(following_.behind(until)) * passed.count() / done : 0;
}

void Run::Feeding::stop() {
  const Unhurried unhurried(run_.hurry_);
  threads_.join();
}

bool Run::Feeding::whole() const {
  return std::all_of(feeds_.begin(), feeds_.end(), [](const auto& feed) { return feed->whole(); });
}

}  // namespace ledger::run
