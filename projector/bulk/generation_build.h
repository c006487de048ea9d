// All shards of a fresh generation, made from the kept logs by several threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "projector/bulk/leftovers.h"
#include "projector/bulk/shard_build.h"
#include "projector/bulk/space.h"
#include "projector/report/messages.h"
#include "schemas/base/error.h"
#include "schemas/options/interrupt.h"

namespace ledger::bulk {

struct BuildSettings {
  std::string what;    // leads progress lines: "rebuilding"
  size_t memory = 0;   // bytes, over all threads
  size_t threads = 0;  // 0: one per core, at most one per shard
  // Called now and then by the thread that waits; what it throws ends the build.
  std::function<void()> tick = [] {};
  MoreComes more_comes = kNothingComes;
  std::function<double()> fetch_left = [] { return 0.0; };  // seconds, for which more comes
  // Where a shard of a fill will end, for how much disk that takes: what the kept log does not have
  // yet takes some too. nullopt: it is a rebuild, to the end of the kept log.
  std::function<std::optional<Offset>(Partition)> ends = [](Partition) { return std::nullopt; };
  // Beyond which a shard that a build left is not gone on with; nullopt: the end of the kept log.
  std::function<std::optional<Offset>(Partition)> left_max = [](Partition) { return std::nullopt; };
};

// How many threads a build of so many shards has; `wanted`: BuildSettings::threads.
size_t build_threads(size_t wanted, size_t shards);

class GenerationBuild {
 public:
  // Goes on with what a build of the same base left, and says so; see leftovers.h. Opens nothing
  // else but the kept logs, and `base` if given. Lifetime: everything given outlives it.
  // Precondition: the caller holds build.lock.
  // Throws: Error{kIntegrity} when kept logs are missing; kIncompatible when they are not of one
  // ledger; kFull when the disk will not hold it.
  GenerationBuild(const store::ViewDirectory& directory, std::optional<store::Generation> base,
                  BuildSettings settings, report::Messages& messages,
                  const options::Interrupt& interrupt);
  // Removes the generation, unless it is the live one, or a signal or what another try may mend
  // ended it: then its whole rounds are left to the next build.
  ~GenerationBuild();
  GenerationBuild(const GenerationBuild&) = delete;
  GenerationBuild& operator=(const GenerationBuild&) = delete;

  // Folds each shard to `limit`; a thread takes one after the other, in the order of shards(), and
  // follows its kept log while more comes. Throws: the first error of a thread;
  // Error{kInterrupted, kTerminated}.
  void fold_to(const std::function<Offset(const ShardBuild&)>& limit);
  const std::vector<std::unique_ptr<ShardBuild>>& shards() const { return shards_; }
  store::Generation generation() const { return fresh_; }
  // Puts every shard where the generation has it; others may fold on in it then. The last fold_to()
  // is before. Returns: where the shards stand.
  PositionVector place();
  // Calls `act`, whose Error{kUnavailable} is for another try to mend, and leaves the rounds to it.
  template <typename Act>
  void leave_if_unavailable(Act act) {
    try {
      act();
    } catch (const Error& error) {
      if (error.fault() == Fault::kUnavailable) unavailable_ = true;
      throw;
    }
  }
  // Makes it the live generation, durably, and says so. `positions`: where its shards stand by now.
  void publish(const PositionVector& positions);

 private:
  bool is_live() const;
  bool has_rounds() const;
  // Returns: whether something was left to go on with.
  bool take_up(std::optional<store::Generation> base);
  void check_space(std::optional<store::Generation> base) const;
  Space space_needed(store::Generation live, std::optional<store::Generation> base) const;
  void open(std::optional<store::Generation> base);
  void check_logs() const;
  void work(const std::function<Offset(const ShardBuild&)>& limit);
  void watch(const std::atomic<size_t>& working, uint64_t total);
  uint64_t folded() const;
  uint64_t left() const;
  std::optional<double> seconds_left() const;

  const store::ViewDirectory& directory_;
  BuildSettings settings_;
  report::Messages& messages_;
  const options::Interrupt& interrupt_;
  store::Generation fresh_{};
  index::Declarations declarations_;
  bool unavailable_ = false;  // what it needed
  std::vector<std::unique_ptr<ShardBuild>> shards_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace ledger::bulk
