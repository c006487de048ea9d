// The threads that step the feeds.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "projector/run/feed.h"

namespace ledger::run {

class FeedThreads {
 public:
  // Starts min(threads, feeds) threads; each steps its share of the feeds in turn; those that keep
  // only, one until it is whole and then the next, for whoever folds them takes them in the same
  // order. `at_stop` is called when they are told to stop, before they are waited for: to end what
  // they wait for.
  // Lifetime: the feeds outlive it. Throws: Error{kUnavailable} when there are no more threads.
  FeedThreads(std::vector<std::unique_ptr<Feed>>& feeds, size_t threads,
              std::function<void()> at_stop);

  bool failed() const;  // one of them stopped on an error
  void join();          // stops all after the batch at hand. Throws: the first error, once
  // Stops without a word, when the caller has an error of its own.
  ~FeedThreads();

 private:
  void work(const std::vector<Feed*>& feeds, const std::stop_token& stop);
  void stop();

  std::function<void()> at_stop_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::exception_ptr error_;
  std::vector<std::jthread> threads_;
};

}  // namespace ledger::run
