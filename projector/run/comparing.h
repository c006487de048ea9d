// Compares what the shards hold with the log beside the feeds, so that folding does not wait for
// it.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "projector/run/feed.h"

namespace ledger::run {

class Comparing {
 public:
  // Which partitions differ from the log; by the thread alone. Throws: consumer::NotReachable,
  // Error.
  using Question = std::function<std::set<Partition>(const std::vector<consumer::Held>&)>;
  // Answers what the feeds ask, all at once. Lifetime: the feeds outlive it.
  // Throws: Error{kUnavailable} when there are no more threads.
  Comparing(const std::vector<std::unique_ptr<Feed>>& feeds, Question question);
  // Waits for the question at hand.
  ~Comparing() = default;
  Comparing(const Comparing&) = delete;
  Comparing& operator=(const Comparing&) = delete;

 private:
  void work(const std::stop_token& stop);
  void turn();

  const std::vector<std::unique_ptr<Feed>>& feeds_;
  Question question_;
  std::jthread thread_;  // the last member: it uses all others
};

}  // namespace ledger::run
