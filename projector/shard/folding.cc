#include "projector/shard/folding.h"

#include <algorithm>
#include <utility>

#include "schemas/base/assert.h"

namespace ledger::shard {

namespace {

constexpr size_t kEstimateEvery = 64;  // events

}  // namespace

Folding::Folding(const std::filesystem::path& path, const store::ShardIdentity& identity,
                 bulk::BulkViews::KeptValues kept, const BatchBounds& bounds,
                 const store::WriterOptions& options)
    : bounds_(bounds),
      kept_(std::move(kept)),
      writer_(path, identity, options),
      base_(path),
      fold_({identity.log.ledger_id, identity.log.partition, identity.log.partition_count}),
      applier_(identity.declarations),
      batch_(writer_.state()) {}

bool Folding::fold(const store::KeptEvent& event) {
  LEDGER_ASSERT(event.offset == batch_.position, "{} {}", raw(event.offset), raw(batch_.position));
  if (!views_) begin();
  if (event.gap_until) {
    batch_.position = *event.gap_until;
  } else {
    fold_event(event);
  }
  ++events_;
  if (!full()) return false;
  commit();
  return true;
}

bool Folding::full() {
  if (events_ >= bounds_.events_max) return true;
  return events_ % kEstimateEvery == 0 && views_->dirty_pages() >= bounds_.dirty_pages_max;
}

void Folding::begin() {
  base_.renew();
  const bool empty = raw(base_.state().position) == 0;
  const store::ShardIdentity& identity = base_.identity();
  below_.emplace(empty ? nullptr : &base_);
  views_.emplace(*below_, identity.log, kept_, identity.declarations);
}

void Folding::fold_event(const store::KeptEvent& event) {
  const int64_t log_time_ms = std::max(batch_.log_time_max_ms, event.timestamp_ms);
  const fold::Result result =
      fold_.fold({event.offset, log_time_ms, event.key, event.value}, *views_);
  applier_.apply(event.offset, log_time_ms, result, *views_, batch_);
  views_->note(result);
}

void Folding::commit() {
  if (!views_) return;
  writer_.begin();
  views_->put(writer_);
  views_.reset();
  base_.release();
  writer_.commit(batch_);
  batch_ = writer_.state();
  events_ = 0;
}

}  // namespace ledger::shard
