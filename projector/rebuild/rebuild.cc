#include "projector/rebuild/rebuild.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "projector/bulk/generation_build.h"
#include "projector/rebuild/comparison.h"

namespace ledger::rebuild {

namespace {

// Lines on what differs from the live generation at its position.
std::vector<std::string> compare(const std::vector<std::optional<OldShard>>& olds,
                                 const bulk::GenerationBuild& build) {
  std::vector<std::string> found;
  for (size_t i = 0; i < olds.size(); ++i) {
    if (!olds[i]) continue;
    const auto lines = differences(*olds[i], *build.shards()[i]);
    found.insert(found.end(), lines.begin(), lines.end());
  }
  return found;
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

std::vector<std::optional<OldShard>> read_old(const store::ViewDirectory& directory,
                                              const bulk::GenerationBuild& build,
                                              report::Messages& messages) {
  std::vector<std::optional<OldShard>> olds;
  for (const auto& shard : build.shards()) {
    std::string why;
    olds.push_back(read_old_shard(directory, directory.current(), shard->partition(), why));
    if (olds.back()) why = why_not_compared(*olds.back(), *shard, directory);
    if (why.empty()) continue;
    messages.warn(
        fmt::format("partition {}: nothing to compare with: {}", raw(shard->partition()), why));
  }
  return olds;
}

void prune(const store::ViewDirectory& directory, size_t keep) {
  std::vector<store::Generation> older = directory.generations();
  older.pop_back();  // the one just published
  const size_t count = older.size() - std::min(older.size(), keep);
  for (size_t i = 0; i < count; ++i) directory.remove_generation(older[i]);
}

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
  bulk::remove_leftovers(directory);
  {
    bulk::GenerationBuild build(
        directory, std::nullopt,
        {.what = "rebuilding", .memory = options.memory, .threads = options.threads}, messages,
        interrupt);
    const auto olds = read_old(directory, build, messages);
    build.fold_to([&](const bulk::ShardBuild& shard) {
      const auto& old = olds[static_cast<size_t>(raw(shard.partition()))];
      return old ? old->state.position : shard.end();
    });
    judge(compare(olds, build), options.accept_differences, messages);
    build.fold_to([](const bulk::ShardBuild& shard) { return shard.end(); });
    build.publish();
  }
  prune(directory, options.keep);
  return Fault::kNone;
}

}  // namespace ledger::rebuild
