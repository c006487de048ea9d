// Waiting for brokers: how long, and what the user hears meanwhile.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "schemas/options/interrupt.h"

namespace ledger::log {

// Called after each failed attempt with what went wrong; returns when it is time to try again, or
// throws to give up.
using Retry = std::function<void(const std::string& why)>;

// Waits for brokers for ever, or --give-up-after long, and ends at once on a signal.
class Patience {
 public:
  Patience(std::string program, const options::Interrupt& interrupt, bool quiet,
           std::optional<std::chrono::milliseconds> give_up_after);

  // Waits a moment; says why on stderr at first and then every 10 s.
  // Throws: Error{kInterrupted, kTerminated} on a signal, Error{kUnavailable} when patience is
  // over.
  void wait(const std::string& why);
  void check(const std::string& why);  // the same without waiting
  void progressed();                   // something worked: patience begins anew
  Retry retry() {
    return [this](const std::string& why) { wait(why); };
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::string program_;
  const options::Interrupt& interrupt_;
  bool quiet_;
  std::optional<std::chrono::milliseconds> give_up_after_;
  std::optional<Clock::time_point> since_;  // of the first failure after progress
  Clock::time_point next_note_;
};

}  // namespace ledger::log
