#include "projector/run/feed_threads.h"

#include <algorithm>

namespace ledger::run {

namespace {

using std::chrono::milliseconds;

// How long a turn over all feeds of a thread waits while nothing comes; also how long a stop waits.
constexpr milliseconds kIdleTurn{100};

}  // namespace

FeedThreads::FeedThreads(std::vector<std::unique_ptr<Feed>>& feeds, size_t threads) {
  const size_t count = std::clamp<size_t>(threads, 1, feeds.size());
  for (size_t first = 0; first < count; ++first) {
    std::vector<Feed*> share;
    for (size_t i = first; i < feeds.size(); i += count) share.push_back(feeds[i].get());
    threads_.emplace_back([this, share] { work(share, stop_.get_token()); });
  }
}

FeedThreads::~FeedThreads() {
  stop_.request_stop();
  threads_.clear();
}

bool FeedThreads::failed() const {
  const std::lock_guard lock(mutex_);
  return error_ != nullptr;
}

void FeedThreads::join() {
  stop_.request_stop();
  threads_.clear();
  if (error_) std::rethrow_exception(error_);
}

void FeedThreads::work(const std::vector<Feed*>& feeds, const std::stop_token& stop) {
  const milliseconds idle_wait =
      std::max(milliseconds(1), kIdleTurn / static_cast<int>(feeds.size()));
  bool idle = false;
  try {
    while (!stop.stop_requested()) {
      bool came = false;
      for (Feed* feed : feeds) {
        came = feed->step(idle ? idle_wait : milliseconds(0), stop) || came;
        if (stop.stop_requested()) return;
      }
      idle = !came;
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
}

}  // namespace ledger::run
