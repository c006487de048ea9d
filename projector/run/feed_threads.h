// The threads that step the feeds.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "projector/run/feed.h"

namespace ledger::run {

class FeedThreads {
 public:
  // Starts min(threads, feeds) threads; each steps its share of the feeds in turn.
  // Lifetime: the feeds outlive it.
  FeedThreads(std::vector<std::unique_ptr<Feed>>& feeds, size_t threads);

  bool failed() const;  // one of them stopped on an error
  void join();          // stops all after the batch at hand. Throws: the first error
  // Stops without a word, when the caller has an error of its own.
  ~FeedThreads();

 private:
  void work(const std::vector<Feed*>& feeds, const std::stop_token& stop);

  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::exception_ptr error_;
  std::vector<std::jthread> threads_;
};

}  // namespace ledger::run
