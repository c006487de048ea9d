#include "projector/run/feed_threads.h"

#include <algorithm>
#include <utility>

#include "schemas/base/start_threads.h"

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

// How long a turn over all feeds of a thread waits while nothing comes; also how long a stop waits.
constexpr milliseconds kIdleTurn{100};

}  // namespace

FeedThreads::FeedThreads(std::vector<std::unique_ptr<Feed>>& feeds, size_t threads,
                         std::function<void()> at_stop)
    : at_stop_(std::move(at_stop)) {
  const size_t count = std::clamp<size_t>(threads, 1, feeds.size());
  const auto step_share = [this, &feeds, count](size_t first) {
    std::vector<Feed*> share;
    for (size_t i = first; i < feeds.size(); i += count) share.push_back(feeds[i].get());
    work(share, stop_.get_token());
  };
  threads_ = start_threads(count, step_share, [this] { stop(); });
}

FeedThreads::~FeedThreads() {
  stop();
  threads_.clear();
}

void FeedThreads::stop() {
  stop_.request_stop();
  at_stop_();
}

bool FeedThreads::failed() const {
  const std::lock_guard lock(mutex_);
  return error_ != nullptr;
}

void FeedThreads::join() {
  stop();
  threads_.clear();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void FeedThreads::work(const std::vector<Feed*>& feeds, const std::stop_token& stop) {
  const milliseconds idle_wait =
      std::max(milliseconds(1), kIdleTurn / static_cast<int>(feeds.size()));
  const auto all_whole = [&] {
    return std::all_of(feeds.begin(), feeds.end(), [](const Feed* feed) { return feed->whole(); });
  };
  bool idle = false;
  try {
    while (!stop.stop_requested() && !all_whole()) {
      bool came = false;
      for (Feed* feed : feeds) {
        if (feed->whole()) continue;
        came = feed->step(idle ? idle_wait : milliseconds(0), stop) || came;
        if (stop.stop_requested() || feed->keeps_only()) break;
      }
      idle = !came;
    }
    for (Feed* feed : feeds) feed->finish();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
}

}  // namespace ledger::run
