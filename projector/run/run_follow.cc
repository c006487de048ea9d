// The feeds, and all that goes on beside them.
#include <algorithm>
#include <utility>

#include "projector/run/comparing.h"
#include "projector/run/following.h"
#include "projector/run/run_internal.h"

namespace ledger::run {

namespace {

constexpr size_t kFetchAheadBytes = size_t{128} << 20;   // over all partitions
constexpr size_t kFetchAheadBytesMin = size_t{1} << 20;  // of a partition
// The embedded broker answers a fetch when its time is over, whatever has come.
constexpr const char* kShortFetchMs = "25";

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

}  // namespace

void Run::start_feeds(FeedMode mode) {
  const size_t queue_bytes = std::max(kFetchAheadBytes / shards_.size(), kFetchAheadBytesMin);
  consumer::BatchLimits limits;
  limits.events_max = options_.batch_events;
  log::Connection connection = options_.connection;
  if (identity_.ephemeral) {
    connection.properties.emplace(connection.properties.begin(), "fetch.wait.max.ms",
                                  kShortFetchMs);
  }
  for (const auto& shard : shards_) {
    feeds_.push_back(std::make_unique<Feed>(mode, *shard, guards_, connection, limits, queue_bytes,
                                            compared_at_));
  }
}

bool Run::follow(const PositionVector& ends) {
  start_feeds(FeedMode::kFold);
  return step_feeds("catching up", ends, until_);
}

bool Run::step_feeds(const std::string& what, const PositionVector& ends,
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

}  // namespace ledger::run
