#include "projector/rebuild/rebuild.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "projector/rebuild/shard_build.h"
#include "projector/report/messages.h"

namespace ledger::rebuild {

namespace {

constexpr std::chrono::milliseconds kTick{50};

uint64_t bytes_under(const std::filesystem::path& folder) {
  uint64_t sum = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) sum += it->file_size(error);
  }
  return sum;
}

class Rebuild {
 public:
  Rebuild(const RebuildOptions& options, const options::Interrupt& interrupt,
          const store::ViewDirectory& directory, report::Messages& messages)
      : options_(options),
        interrupt_(interrupt),
        directory_(directory),
        messages_(messages),
        old_(directory.current()) {}

  void run() {
    remove_leftovers();
    check_space();
    const auto started = std::chrono::steady_clock::now();
    open();
    try {
      fold();
      compare();
      fold_rest();
      for (const auto& build : builds_) build->place();
    } catch (...) {
      drop();
      throw;
    }
    directory_.publish(fresh_);
    report(std::chrono::steady_clock::now() - started);
    builds_.clear();
    prune();
  }

 private:
  // A rebuild that died leaves a generation newer than the live one.
  void remove_leftovers() {
    for (const store::Generation generation : directory_.generations()) {
      if (old_ && generation > *old_) directory_.remove_generation(generation);
      newest_ = std::max(newest_, generation);
    }
    fresh_ = store::Generation{store::raw(newest_) + 1};
  }

  void check_space() const {
    struct statvfs space {};
    if (!old_ || statvfs(directory_.root().c_str(), &space) != 0) return;
    const uint64_t needed = bytes_under(directory_.generation(*old_));
    const uint64_t free = space.f_bavail * space.f_frsize;
    if (free >= needed) return;
    throw Error(Fault::kFull,
                fmt::format("rebuild: the new generation needs about {} MiB beside the live one, "
                            "{} has {} MiB free; free some and start again",
                            needed >> 20, directory_.root().string(), free >> 20));
  }

  void open() {
    const index::Declarations declarations = index::load_declarations();
    const std::vector<Partition> partitions = directory_.log_partitions();
    threads_ = thread_count(partitions.size());
    for (const Partition partition : partitions) {
      builds_.push_back(std::make_unique<ShardBuild>(directory_, fresh_, partition, declarations,
                                                     options_.memory / threads_));
      total_ += static_cast<uint64_t>(raw(builds_.back()->end()));
    }
    const auto count = static_cast<size_t>(builds_.front()->identity().log.partition_count);
    if (builds_.size() == count) return;
    throw Error(Fault::kIntegrity,
                fmt::format("kept log {}: {} of {} partitions are there; restore log/ from a copy",
                            (directory_.root() / "log").string(), builds_.size(), count));
  }

  // To the position that the live generation stands at.
  void fold() {
    for (const auto& build : builds_) {
      std::string why;
      olds_.push_back(read_old_shard(directory_, old_, build->partition(), why));
      if (!why.empty()) {
        messages_.warn(
            fmt::format("partition {}: nothing to compare with: {}", raw(build->partition()), why));
      }
    }
    fold_all([&](size_t i) { return olds_[i] ? olds_[i]->state.position : builds_[i]->end(); });
  }

  void fold_rest() {
    fold_all([&](size_t i) { return builds_[i]->end(); });
  }

  template <typename Limit>
  void fold_all(Limit limit) {
    std::atomic<size_t> next{0};
    std::atomic<size_t> working{threads_};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::exception_ptr failure;
    std::vector<std::jthread> threads;
    for (size_t t = 0; t < threads_; ++t) {
      threads.emplace_back([&] {
        try {
          for (size_t i = next++; i < builds_.size() && !stop; i = next++) {
            builds_[i]->fold_to(limit(i), stop);
          }
        } catch (...) {
          const std::lock_guard lock(mutex);
          failure = std::current_exception();
          stop = true;
        }
        --working;
      });
    }
    while (working > 0 && !interrupt_.wait(kTick)) show_progress();
    if (interrupt_.requested()) stop = true;
    threads.clear();
    messages_.end_progress();
    if (failure) std::rethrow_exception(failure);
    if (stop) {
      throw Error(interrupt_.fault(), "rebuild: interrupted; the live generation is as it was");
    }
  }

  size_t thread_count(size_t shards) const {
    const size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const size_t wanted = options_.threads == 0 ? cores : options_.threads;
    return std::min(wanted, shards);
  }

  uint64_t folded() const {
    uint64_t sum = 0;
    for (const auto& build : builds_) sum += build->folded();
    return sum;
  }

  void show_progress() { messages_.progress("rebuilding", {folded(), total_}); }

  void compare() {
    std::vector<std::string> found;
    for (size_t i = 0; i < builds_.size(); ++i) {
      if (!olds_[i]) continue;
      const auto lines = differences(*olds_[i], *builds_[i]);
      found.insert(found.end(), lines.begin(), lines.end());
    }
    for (const std::string& line : found) messages_.warn(line);
    if (found.empty() || options_.accept_differences) return;
    throw Error(Fault::kIntegrity,
                fmt::format("rebuild: {} views differ from the live generation at the same "
                            "position; nothing is published. The kept log is the truth: publish "
                            "with ledger-projector rebuild --accept-differences",
                            found.size()));
  }

  void drop() {
    builds_.clear();
    directory_.remove_generation(fresh_);
  }

  void report(std::chrono::steady_clock::duration passed) {
    const double seconds = std::chrono::duration<double>(passed).count();
    PositionVector positions;
    for (const auto& build : builds_) positions[build->partition()] = build->state().position;
    messages_.info(fmt::format("published generation {} at {}: {} events in {:.1f} s ({:.0f}/s)",
                               store::raw(fresh_), to_text(positions), folded(), seconds,
                               static_cast<double>(folded()) / std::max(seconds, 1e-3)));
  }

  void prune() {
    std::vector<store::Generation> older = directory_.generations();
    older.pop_back();  // the one just published
    const size_t count = older.size() - std::min(older.size(), options_.keep);
    for (size_t i = 0; i < count; ++i) directory_.remove_generation(older[i]);
  }

  const RebuildOptions& options_;
  const options::Interrupt& interrupt_;
  const store::ViewDirectory& directory_;
  report::Messages& messages_;
  std::optional<store::Generation> old_;
  store::Generation newest_{0};
  store::Generation fresh_{};
  std::vector<std::unique_ptr<ShardBuild>> builds_;
  std::vector<std::optional<OldShard>> olds_;
  uint64_t total_ = 0;
  size_t threads_ = 1;
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
  const store::FileLock build_lock(directory.root() / "build.lock", "another rebuild is at work");
  const store::FileLock writer_lock(directory.root() / "writer.lock", "a projector is at work");
  store::fsync_path(directory.root());
  Rebuild(options, interrupt, directory, messages).run();
  return Fault::kNone;
}

}  // namespace ledger::rebuild
