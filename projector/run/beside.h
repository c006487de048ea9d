// What is asked of the log beside the feeds: by threads of their own, on clients of their own.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "projector/run/comparing.h"
#include "projector/run/log_watch.h"

namespace ledger::run {

// Makes a client with its first question: a short run asks none.
// Lifetime: the connection outlives it, and it outlives whoever asks its questions.
class Beside {
 public:
  // `views`: the directory, for messages. `stopping` is asked by whoever waits for brokers.
  Beside(const log::Connection& connection, std::string views, std::function<bool()> stopping);

  LogWatch::Questions watched(const std::vector<std::unique_ptr<Feed>>& feeds, bool ephemeral);
  Comparing::Question compared();

 private:
  consumer::LogProbe& made(std::optional<consumer::LogProbe>& probe);

  const log::Connection& connection_;
  std::string views_;
  std::function<bool()> stopping_;
  std::optional<consumer::LogProbe> watching_;
  std::optional<consumer::LogProbe> comparing_;
};

}  // namespace ledger::run
