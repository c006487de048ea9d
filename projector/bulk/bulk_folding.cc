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
// At most a quarter of the memory finds rows; beyond that a file does.
constexpr size_t kDirectoryShare = 4;
constexpr double kLeastShare = 4;  // a quarter of it is a round's own at least
}  // namespace

BulkFolding::BulkFolding(const fs::path& path, const store::ShardIdentity& identity,
                         BulkViews::KeptValues kept, const std::optional<fs::path>& base,
                         size_t memory_max, Pulse pulse)
    : identity_(identity),
      kept_(std::move(kept)),
      memory_max_(memory_max),
      pulse_(std::move(pulse)),
      stack_(path, identity, base, memory_max / kDirectoryShare),
      fold_({identity.log.ledger_id, identity.log.partition, identity.log.partition_count}),
      applier_(identity.declarations),
      next_(stack_.state().position),
      state_(stack_.state()) {
  meter_.stand_on(stack_.layers().layers().size());
}

BulkFolding::~BulkFolding() = default;

void BulkFolding::stand() {
  views_ =
      std::make_unique<BulkViews>(stack_.layers(), identity_.log, kept_, identity_.declarations);
  unmeasured_ = 0;
  begun_ = measured_ = state_.position;
  base_entries_ = stack_.layers().base_entries();
  layer_entries_ = stack_.layers().entries();
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

void BulkFolding::fold_ahead() {
  while (ahead_.size() > 0) fold_next();
}

void BulkFolding::fold_next() {
  const Lookahead::Item& event = ahead_.pop();
  if (!views_) {
    stack_.learn(pulse_);
    stand();
  }
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
  if (measure() >= 1) write_layer();
}

// However much tells where rows are: a round has its least share.
double BulkFolding::measure() {
  unmeasured_ = 0;
  const auto events = static_cast<uint64_t>(raw(state_.position) - raw(measured_));
  measured_ = state_.position;
  const auto memory = static_cast<double>(memory_max_);
  const double full = std::min(static_cast<double>(views_->bytes()) / memory,
                               static_cast<double>(views_->own_bytes()) * kLeastShare / memory);
  meter_.folded(events, full, views_->fresh_entries(), {layer_entries_, base_entries_});
  return full;
}

void BulkFolding::spill() {
  fold_ahead();
  if (views_ && state_.position != begun_) write_layer();
}

void BulkFolding::write_layer() {
  measure();
  meter_.begin_write(ShardWork::Writing::kLayer);
  const double share = static_cast<double>(views_->fresh_entries()) /
                       static_cast<double>(std::max<uint64_t>(views_->layer_entries(), 1));
  const auto write = [&](store::ShardFill& fill) {
    const auto pulse = [&] {
      meter_.written(static_cast<uint64_t>(share * static_cast<double>(fill.entries())));
      pulse_();
    };
    Layers& layers = stack_.layers();
    views_->write_layer(fill, pulse, layers.directory(), layers.layers().size());
    views_.reset();
    return fill.finish(state_);
  };
  stack_.add_layer({begun_, state_.position}, write, pulse_);
  meter_.end_write();
}

void BulkFolding::finish() {
  fold_ahead();
  ahead_ = Lookahead();  // its decoders are as large as their largest event
  if (!views_ && stack_.has_rounds() && !stack_.has_layers()) return;
  if (!views_) {
    stack_.learn_moves(pulse_);
    stand();
  }
  // Without the round's rows there is the more room for entries.
  if (stack_.has_layers() && state_.position != begun_ && views_->bytes_to_write() > memory_max_) {
    write_layer();
    stand();
  }
  write_shard();
}

void BulkFolding::write_shard() {
  measure();
  meter_.begin_write(ShardWork::Writing::kShard);
  stack_.layers().directory().drop_hashes();
  const BulkViews::Spills spills{memory_max_,
                                 [this](const std::function<void(store::ShardFill&)>& entries) {
                                   stack_.add_entries([&](store::ShardFill& fill) {
                                     entries(fill);
                                     return fill.finish(state_);
                                   });
                                 }};
  stack_.finish([&](store::ShardFill& fill) {
    const auto pulse = [&] {
      meter_.written(fill.entries());
      pulse_();
    };
    views_->write(fill, pulse, spills);
    views_.reset();
    state_ = fill.finish(std::move(state_));
    return state_;
  });
  meter_.end_write();
}

void BulkFolding::place() {
  LEDGER_ASSERT(!views_, "at {}", raw(state_.position));
  stack_.place();
}

}  // namespace ledger::bulk
