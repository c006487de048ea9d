#include "query/views.h"

#include <algorithm>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"

namespace ledger::query {

namespace {

constexpr int kOpenAttemptsMax = 5;  // a generation can be published and pruned while we open it
constexpr uint32_t kCallsPerClock = 64;

void check_shards(const std::vector<store::ShardReader>& shards,
                  const store::ViewDirectory& directory) {
  const store::LogIdentity& first = shards.front().identity().log;
  if (shards.size() != static_cast<size_t>(first.partition_count)) {
    throw Error(Fault::kUnavailable,
                fmt::format("views: {} has {} of {} shards; wait for ledger-projector run to make "
                            "them all",
                            directory.root().string(), shards.size(), first.partition_count));
  }
  for (const store::ShardReader& shard : shards) {
    const store::LogIdentity& log = shard.identity().log;
    if (log.ledger_id == first.ledger_id && log.partition_count == first.partition_count) continue;
    throw Error(
        Fault::kIncompatible,
        fmt::format("views: the shards of partitions {} and {} in {} are of two ledgers ({} "
                    "and {}); make the views anew with ledger-projector run in an empty "
                    "directory",
                    raw(first.partition), raw(log.partition), directory.root().string(),
                    to_text(first.ledger_id), to_text(log.ledger_id)));
  }
}

}  // namespace

Views::Views(const std::filesystem::path& directory, std::chrono::milliseconds age_max)
    : directory_(directory), age_max_(age_max) {
  reopen();
}
Views::~Views() = default;

const index::Declarations& Views::declarations() const {
  return shards_.front().identity().declarations;
}
const store::LogIdentity& Views::identity() const { return shards_.front().identity().log; }

size_t Views::number_of(Partition partition) const {
  const auto found = std::lower_bound(partitions_.begin(), partitions_.end(), partition);
  LEDGER_ASSERT(found != partitions_.end() && *found == partition, "partition {}", raw(partition));
  return static_cast<size_t>(found - partitions_.begin());
}

store::ShardReader& Views::shard(Partition partition) { return shards_[number_of(partition)]; }

store::KeptLogReader& Views::kept_log(Partition partition) {
  std::optional<store::KeptLogReader>& log = logs_[number_of(partition)];
  if (!log) log.emplace(directory_.log(partition));
  return *log;
}

bool Views::stale() {
  if (!stale_ && ++calls_ % kCallsPerClock == 0) {
    stale_ = std::chrono::steady_clock::now() - taken_ > age_max_;
  }
  return stale_;
}

uint64_t Views::refresh() {
  if (stale()) renew();
  return epoch_;
}

void Views::release() {
  if (released_) return;
  stale_ = true;
  for (store::ShardReader& shard : shards_) shard.release();
  for (auto& log : logs_) {
    if (log) log->release();
  }
  released_ = true;
}

void Views::reopen() {
  for (int attempt = 1;; ++attempt) {
    const std::optional<store::Generation> current = directory_.current();
    if (!current) {
      throw Error(Fault::kUnavailable,
                  fmt::format("views: there are none yet in {}; check --views, or make them with "
                              "ledger-projector run",
                              directory_.root().string()));
    }
    if (!shards_.empty() && *current == generation_) break;
    try {
      generation_ = *current;
      open_current();
      return;
    } catch (const Error& error) {
      shards_.clear();
      const bool replaced = directory_.current() != current;
      if (!replaced || attempt == kOpenAttemptsMax) throw;
    }
  }
  renew();
}

// The kept logs are shared by all generations and stay open: an LMDB environment must not be opened
// twice in a process.
void Views::open_current() {
  std::vector<Partition> partitions = directory_.partitions(generation_);
  if (partitions.empty()) {
    throw Error(Fault::kUnavailable,
                fmt::format("views: {} has no shards yet; wait for ledger-projector run",
                            directory_.generation(generation_).string()));
  }
  shards_.clear();
  shards_.reserve(partitions.size());
  for (const Partition partition : partitions) {
    shards_.emplace_back(directory_.shard(generation_, partition));
  }
  check_shards(shards_, directory_);
  if (partitions != partitions_) {
    logs_.clear();
    logs_.resize(partitions.size());
    partitions_ = std::move(partitions);
  }
  renew();
}

// A shard before its kept log, so that the log has every event that the shard has folded.
void Views::renew() {
  taken_ = std::chrono::steady_clock::now();
  for (size_t i = 0; i < shards_.size(); ++i) {
    shards_[i].renew();
    positions_[partitions_[i]] = shards_[i].state().position;
  }
  for (auto& log : logs_) {
    if (log) log->renew();
  }
  released_ = false;
  stale_ = false;
  ++epoch_;
}

}  // namespace ledger::query
