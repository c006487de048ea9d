#pragma once

#include "projector/run/comparing.h"
#include "projector/run/following.h"
#include "projector/run/run_internal.h"

namespace ledger::run {

// The feeds at work, and all that goes on beside them. It ends when it goes.
class Run::Feeding {
 public:
  enum class Mode : uint8_t {
    kFold,
    kKeep,  // to the ends alone: a fill folds it
  };
  // `what`, `ends`: as of Following. Lifetime: the run outlives it, and its shards do.
  Feeding(Run& run, Mode mode, const std::string& what, const PositionVector& ends);
  Feeding(const Feeding&) = delete;
  Feeding& operator=(const Feeding&) = delete;

  // As Following. Throws: also Asked.
  bool follow(const std::optional<PositionVector>& until);
  // The same, and the feeds are not stopped.
  bool wait(const PositionVector& until);
  void tick(const std::optional<PositionVector>& until) { following_.tick(until); }
  uint64_t kept() const { return following_.done(); }  // events since it began
  uint64_t left(const PositionVector& until) const { return following_.behind(until); }
  // At the rate so far; 0 while there is none.
  double seconds_left(const PositionVector& until) const;
  bool failed() const { return threads_.failed(); }
  void stop();         // Throws: what a feed failed with
  bool whole() const;  // all feeds are

 private:
  // Lets questions to the brokers be waited for again, once the feeds are gone.
  class Unhurried {
   public:
    explicit Unhurried(std::atomic<bool>& hurry) : hurry_(hurry) {}
    ~Unhurried() { hurry_ = false; }
    Unhurried(const Unhurried&) = delete;
    Unhurried& operator=(const Unhurried&) = delete;

   private:
    std::atomic<bool>& hurry_;
  };

  Run& run_;
  Unhurried unhurried_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  bool leaves_ = false;
  const Feed::Clock::time_point began_at_ = Feed::Clock::now();
  LogWatch watch_;
  Comparing comparing_;
  Following following_;
  FeedThreads threads_;
};

}  // namespace ledger::run
