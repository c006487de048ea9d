#include "projector/bulk/bulk_folding.h"

#include <algorithm>
#include <utility>

#include "schemas/base/assert.h"

namespace ledger::bulk {

namespace fs = std::filesystem;

namespace {
constexpr size_t kMeasureEvery = 4096;  // events
// Of the event whose turn comes after so many others.
constexpr size_t kRowAhead = 4;
constexpr size_t kBytesAhead = 2;
}  // namespace

BulkFolding::BulkFolding(const fs::path& path, const store::ShardIdentity& identity,
                         BulkViews::KeptValues kept, const std::optional<fs::path>& base,
                         size_t memory_max, Pulse pulse)
    : identity_(identity),
      kept_(std::move(kept)),
      memory_max_(memory_max),
      pulse_(std::move(pulse)),
      rounds_(path),
      fold_({identity.log.ledger_id, identity.log.partition, identity.log.partition_count}),
      applier_(identity.declarations) {
  const std::optional<fs::path> from = has_rounds() ? rounds_.path() : base;
  if (!from) return;
  base_.emplace(*from);
  store::check_identity(base_->identity(), identity_, from->string());
  state_ = base_->state();
  next_ = state_.position;
  if (raw(state_.position) == 0) base_.reset();  // nothing in it yet
}

BulkFolding::~BulkFolding() = default;

void BulkFolding::begin_round() {
  views_ = std::make_unique<BulkViews>(base_ ? &*base_ : nullptr, identity_.log, kept_,
                                       identity_.declarations);
  unmeasured_ = 0;
  measured_ = state_.position;
  base_entries_ = 0;
  if (!base_) return;
  for (const store::ViewName& name : store::view_names(identity_.declarations)) {
    base_entries_ += base_->entries(name.view);
  }
}

void BulkFolding::fold(const store::KeptEvent& event) {
  LEDGER_ASSERT(event.offset == next_, "{} {}", raw(event.offset), raw(next_));
  if (ahead_.full()) fold_next();
  next_ = ahead_.push(event).end;
  if (views_) fetch_ahead();
}

// Each step needs what the one before fetched, some events ago.
void BulkFolding::fetch_ahead() const {
  const auto& newest = ahead_.at(ahead_.size() - 1).listened;
  if (newest) views_->fetch_places(*newest);
  if (!ahead_.full()) return;
  if (const auto& hashes = ahead_.at(kRowAhead).listened) views_->fetch_rows(*hashes);
  if (const auto& hashes = ahead_.at(kBytesAhead).listened) views_->fetch_bytes(*hashes);
}

void BulkFolding::fold_next() {
  const Lookahead::Item& event = ahead_.pop();
  if (!views_) begin_round();
  if (event.is_gap) {
    state_.position = event.end;
    return;
  }
  const int64_t log_time_ms = std::max(state_.log_time_max_ms, event.timestamp_ms);
  const fold::Result result =
      fold_.fold({event.offset, log_time_ms, event.key, {}}, event.decoded, *views_);
  applier_.apply(event.offset, log_time_ms, result, *views_, state_);
  views_->note(result);
  if (++unmeasured_ < kMeasureEvery) return;
  measure();
  if (views_->bytes() >= memory_max_) end_round();
}

void BulkFolding::measure() {
  unmeasured_ = 0;
  const auto events = static_cast<uint64_t>(raw(state_.position) - raw(measured_));
  measured_ = state_.position;
  const double full = static_cast<double>(views_->bytes()) / static_cast<double>(memory_max_);
  meter_.folded(events, full, views_->fresh_entries(), base_entries_);
}

void BulkFolding::finish() {
  while (ahead_.size() > 0) fold_next();
  if (!views_ && has_rounds()) return;
  if (!views_) begin_round();
  end_round();
}

void BulkFolding::end_round() {
  measure();
  meter_.begin_write();
  try {
    write_round();
  } catch (...) {
    rounds_.drop_part();
    throw;
  }
  views_.reset();
  rounds_.complete();
  meter_.end_write();
  base_.emplace(rounds_.path());
  rounds_.remove_older();
}

void BulkFolding::write_round() {
  store::ShardFill fill(rounds_.part(), identity_);
  views_->write(fill, [&] {
    meter_.written(fill.entries());
    pulse_();
  });
  state_ = fill.finish(std::move(state_));
}

void BulkFolding::place() {
  LEDGER_ASSERT(!views_, "at {}", raw(state_.position));
  base_.reset();
  rounds_.place();
}

}  // namespace ledger::bulk
