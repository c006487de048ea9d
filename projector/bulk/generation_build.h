// All shards of a fresh generation, made from the kept logs by several threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "projector/bulk/shard_build.h"
#include "projector/report/messages.h"
#include "schemas/options/interrupt.h"

namespace ledger::bulk {

// Removes what a build that died left: generations newer than the live one.
// Precondition: the caller holds build.lock.
void remove_leftovers(const store::ViewDirectory& directory);

struct BuildSettings {
  std::string what;                    // leads progress lines: "rebuilding"
  size_t memory = 0;                   // bytes, over all threads
  size_t threads = 0;                  // 0: one per core, at most one per shard
  std::function<void()> tick = [] {};  // called now and then by the thread that waits
};

class GenerationBuild {
 public:
  // Opens nothing but the kept logs, and `base` if given. Lifetime: everything given outlives it.
  // Throws: Error{kIntegrity} when kept logs are missing; kIncompatible when they are not of one
  // ledger; kFull when the disk will not hold it.
  GenerationBuild(const store::ViewDirectory& directory, std::optional<store::Generation> base,
                  const BuildSettings& settings, report::Messages& messages,
                  const options::Interrupt& interrupt);
  // Removes the generation unless it is the live one.
  ~GenerationBuild();
  GenerationBuild(const GenerationBuild&) = delete;
  GenerationBuild& operator=(const GenerationBuild&) = delete;

  // Folds each shard to `limit`. Throws: the first error of a thread; Error{kInterrupted,
  // kTerminated}.
  void fold_to(const std::function<Offset(const ShardBuild&)>& limit);
  const std::vector<std::unique_ptr<ShardBuild>>& shards() const { return shards_; }
  store::Generation generation() const { return fresh_; }
  // Puts every shard where the generation has it; others may fold on in it then. The last fold_to()
  // is before. Returns: where the shards stand.
  PositionVector place();
  // Makes it the live generation, durably, and says so. `positions`: where its shards stand by now.
  void publish(const PositionVector& positions);

 private:
  bool is_live() const;
  void check_space() const;
  void open(std::optional<store::Generation> base);
  void check_logs() const;
  void work(const std::function<Offset(const ShardBuild&)>& limit);
  uint64_t folded() const;
  uint64_t total() const;

  const store::ViewDirectory& directory_;
  BuildSettings settings_;
  report::Messages& messages_;
  const options::Interrupt& interrupt_;
  store::Generation fresh_{};
  index::Declarations declarations_;
  std::vector<std::unique_ptr<ShardBuild>> shards_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace ledger::bulk
