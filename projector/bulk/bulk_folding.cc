#include "projector/bulk/bulk_folding.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"

namespace ledger::bulk {

namespace fs = std::filesystem;

namespace {
constexpr size_t kMeasureEvery = 4096;  // events
}

BulkFolding::BulkFolding(fs::path path, const store::ShardIdentity& identity,
                         BulkViews::KeptValues kept, const std::optional<fs::path>& base,
                         size_t memory_max)
    : path_(std::move(path)),
      identity_(identity),
      kept_(std::move(kept)),
      memory_max_(memory_max),
      fold_({identity.log.ledger_id, identity.log.partition, identity.log.partition_count}),
      applier_(identity.declarations) {
  if (!base) return;
  base_.emplace(*base);
  store::check_identity(base_->identity(), identity_, base->string());
  state_ = base_->state();
  if (raw(state_.position) == 0) base_.reset();  // nothing in it yet
}

BulkFolding::~BulkFolding() = default;

fs::path BulkFolding::round_path(int round) const {
  return path_.string() + fmt::format(".round-{}", round);
}

void BulkFolding::begin_round() {
  views_ = std::make_unique<BulkViews>(base_ ? &*base_ : nullptr, identity_.log, kept_,
                                       identity_.declarations);
  unmeasured_ = 0;
}

void BulkFolding::fold(const store::KeptEvent& event) {
  LEDGER_ASSERT(event.offset == state_.position, "{} {}", raw(event.offset), raw(state_.position));
  if (!views_) begin_round();
  if (event.gap_until) {
    state_.position = *event.gap_until;
    return;
  }
  const int64_t log_time_ms = std::max(state_.log_time_max_ms, event.timestamp_ms);
  const fold::Result result =
      fold_.fold({event.offset, log_time_ms, event.key, event.value}, *views_);
  applier_.apply(event.offset, log_time_ms, result, *views_, state_);
  views_->note(result);
  if (++unmeasured_ < kMeasureEvery) return;
  unmeasured_ = 0;
  if (views_->bytes() >= memory_max_) finish();
}

void BulkFolding::finish() {
  if (!views_ && rounds_ > 0) return;
  if (!views_) begin_round();
  const fs::path path = round_path(rounds_ + 1);
  {
    store::ShardFill fill(path, identity_);
    views_->write(fill);
    state_ = fill.finish(std::move(state_));
  }
  views_.reset();
  base_.emplace(path);
  remove_round(rounds_);
  ++rounds_;
}

void BulkFolding::remove_round(int round) const {
  std::error_code error;
  fs::remove_all(round_path(round), error);
  if (!error) return;
  throw Error(Fault::kUnavailable, fmt::format("cannot remove {} ({}); try again",
                                               round_path(round).string(), error.message()));
}

void BulkFolding::place() {
  LEDGER_ASSERT(!views_ && rounds_ > 0, "rounds {}", rounds_);
  base_.reset();
  std::error_code error;
  fs::rename(round_path(rounds_), path_, error);
  if (error) {
    throw Error(Fault::kUnavailable,
                fmt::format("cannot rename {} to {} ({}); try again", round_path(rounds_).string(),
                            path_.string(), error.message()));
  }
}

}  // namespace ledger::bulk
