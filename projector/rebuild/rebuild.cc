#include "projector/rebuild/rebuild.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "projector/bulk/generation_build.h"
#include "projector/rebuild/comparison.h"
#include "projector/rebuild/tail.h"

namespace ledger::rebuild {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{5};
// `run` holds build.lock for a moment when it finds what a rebuild that died left.
constexpr milliseconds kBuildLockWithin{500};
// Events that the live path folds; more are worth another round of the bulk path, but `run` may
// fold as fast as this does.
constexpr int64_t kTailMax = 50'000;
constexpr int kRoundsMax = 4;

// The lock, waited for at most `longest`. Throws: Error{kUnavailable, kInterrupted, kTerminated}.
std::unique_ptr<store::FileLock> take(const std::filesystem::path& path, std::string_view purpose,
                                      milliseconds longest, const options::Interrupt& interrupt) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (true) {
    if (auto lock = store::FileLock::try_take(path)) return lock;
    if (std::chrono::steady_clock::now() >= until) {
      return std::make_unique<store::FileLock>(path, purpose);  // says who has it
    }
    if (interrupt.wait(kTick)) {
      throw Error(interrupt.fault(), "rebuilding: interrupted; the live generation is as it was");
    }
  }
}

void judge(const std::vector<std::string>& found, bool accepted, report::Messages& messages) {
  for (const std::string& line : found) messages.warn(line);
  if (found.empty() || accepted) return;
  throw Error(Fault::kIntegrity,
              fmt::format("rebuild: {} views differ from the live generation at the same "
                          "position; nothing is published. The kept log is the truth: publish "
                          "with ledger-projector rebuild --accept-differences",
                          found.size()));
}

void prune(const store::ViewDirectory& directory, size_t keep) {
  std::vector<store::Generation> older = directory.generations();
  older.pop_back();  // the one just published
  const size_t count = older.size() - std::min(older.size(), keep);
  for (size_t i = 0; i < count; ++i) directory.remove_generation(older[i]);
}

class Rebuild {
 public:
  // Precondition: build.lock is held.
  Rebuild(const RebuildOptions& options, const store::ViewDirectory& directory,
          report::Messages& messages, const options::Interrupt& interrupt)
      : options_(options), directory_(directory), messages_(messages), interrupt_(interrupt) {
    directory_.remove_handover();
    if (!directory_.current()) take_writer_lock();  // a first `run` must not publish meanwhile
  }
  // Removes the question before it lets go, so that `run` sees no stale one.
  ~Rebuild() {
    std::error_code ignored;  // what stays is stale, which `run` and the next rebuild remove
    std::filesystem::remove(directory_.handover(), ignored);
  }
  Rebuild(const Rebuild&) = delete;
  Rebuild& operator=(const Rebuild&) = delete;

  void rebuild() {
    bulk::GenerationBuild build(
        directory_, std::nullopt,
        {.what = "rebuilding",
         .memory = options_.memory,
         .threads = options_.threads,
         .left_max = [this](Partition partition) { return live_position(partition); }},
        messages_, interrupt_);
    look(build);
    say_what_is_not_compared(build);
    fold_most(build);
    build.place();
    Tail tail(directory_, build, interrupt_);
    tail.fold_to(target_);
    if (!writer_lock_) {
      build.leave_if_unavailable([this] {
        directory_.ask_for_handover();
        take_writer_lock();
      });
    }
    look(build);
    tail.fold_to(target_);
    judge(compare(build, tail), options_.accept_differences, messages_);
    build.publish(tail.positions());
  }

 private:
  void take_writer_lock() {
    writer_lock_ = take(directory_.writer_lock(), "a projector is at work",
                        options_.hand_over_within, interrupt_);
    store::fsync_path(directory_.root());
  }

  // nullopt when there is none that can be read.
  std::optional<Offset> live_position(Partition partition) const {
    std::string why;
    const auto old = read_old_shard(directory_, directory_.current(), partition, why);
    if (!old) return std::nullopt;
    return old->state.position;
  }

  // Where the live generation and the kept logs stand by now.
  void look(const bulk::GenerationBuild& build) {
    olds_.clear();
    whys_.clear();
    for (const auto& shard : build.shards()) {
      std::string why;
      olds_.push_back(read_old_shard(directory_, directory_.current(), shard->partition(), why));
      shard->renew();  // after the views, which are never ahead of it
      if (olds_.back()) why = why_not_compared(*olds_.back(), *shard, directory_);
      whys_.push_back(std::move(why));
    }
  }

  void say_what_is_not_compared(const bulk::GenerationBuild& build) {
    for (size_t i = 0; i < whys_.size(); ++i) {
      if (whys_[i].empty()) continue;
      messages_.warn(fmt::format("partition {}: nothing to compare with: {}",
                                 raw(build.shards()[i]->partition()), whys_[i]));
    }
  }

  Offset target(const bulk::ShardBuild& shard) const {
    const auto& old = olds_[static_cast<size_t>(raw(shard.partition()))];
    return old ? old->state.position : shard.end();
  }

  // Bulk rounds, until what `run` folded meanwhile is little.
  void fold_most(bulk::GenerationBuild& build) {
    for (int round = 1; round <= kRoundsMax; ++round) {
      build.fold_to(target_);
      look(build);
      int64_t left = 0;
      for (const auto& shard : build.shards()) {
        left += raw(target(*shard)) - raw(shard->state().position);
      }
      if (left <= kTailMax) return;
    }
  }

  // Lines on what differs from the live generation at its position.
  std::vector<std::string> compare(const bulk::GenerationBuild& build, const Tail& tail) const {
    std::vector<std::string> found;
    for (size_t i = 0; i < olds_.size(); ++i) {
      if (!olds_[i]) continue;
      const auto lines = differences(*olds_[i], build.shards()[i]->identity(), tail.state(i));
      found.insert(found.end(), lines.begin(), lines.end());
    }
    return found;
  }

  const RebuildOptions& options_;
  const store::ViewDirectory& directory_;
  report::Messages& messages_;
  const options::Interrupt& interrupt_;
  std::unique_ptr<store::FileLock> writer_lock_;
  std::vector<std::optional<OldShard>> olds_;
  std::vector<std::string> whys_;  // they are not compared; "" when they are
  const std::function<Offset(const bulk::ShardBuild&)> target_ =
      [this](const bulk::ShardBuild& shard) { return target(shard); };
};

}  // namespace

Fault rebuild(const RebuildOptions& options, const options::Interrupt& interrupt) {
  report::Messages messages(options.quiet);
  const store::ViewDirectory directory(options.views);
  if (directory.log_partitions().empty()) {
    throw Error(Fault::kUnavailable,
                fmt::format("rebuild: there is no kept log in {}; check --views, or make views "
                            "with ledger-projector run",
                            directory.root().string()));
  }
  const auto build_lock =
      take(directory.build_lock(), "another rebuild is at work", kBuildLockWithin, interrupt);
  Rebuild(options, directory, messages, interrupt).rebuild();
  prune(directory, options.keep);
  return Fault::kNone;
}

}  // namespace ledger::rebuild
