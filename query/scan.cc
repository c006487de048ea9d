#include "query/scan.h"

#include <algorithm>

#include "schemas/base/assert.h"

namespace ledger::query {

IndexScan::IndexScan(const store::ShardReader& shard, const ScanSpec& spec)
    : range_(spec.range),
      reverse_(spec.reverse),
      at_(spec.at),
      whole_(shard.state().position == spec.at),
      live_(shard.cursor(store::view_of(spec.index))) {
  LEDGER_ASSERT(spec.at <= shard.state().position, "as of {}, shard at {}", raw(spec.at),
                raw(shard.state().position));
  if (!whole_) departed_.emplace(shard, spec);
  if (!reverse_) {
    live_.seek(range_.first);
  } else if (range_.limit) {
    live_.seek_before(*range_.limit);
  } else {
    live_.last();
  }
  settle_live();
}

std::string_view IndexScan::key() const {
  return departed_first() ? departed_->key() : live_.key();
}

const store::Entry& IndexScan::entry() const {
  return departed_first() ? departed_->entry() : live_entry_;
}

void IndexScan::next() {
  if (departed_first()) {
    departed_->next();
    return;
  }
  reverse_ ? live_.prev() : live_.next();
  settle_live();
}

// Moves on to the next live entry that was there at the position already.
void IndexScan::settle_live() {
  for (; live_.valid(); reverse_ ? live_.prev() : live_.next()) {
    const std::string_view key = live_.key();
    live_valid_ = reverse_ ? key >= range_.first : !range_.limit || key < *range_.limit;
    if (!live_valid_) return;
    live_entry_ = store::decode_entry(key, live_.value());
    if (whole_ || live_entry_.entered < at_) return;
  }
  live_valid_ = false;
}

bool IndexScan::departed_first() const {
  if (!departed_ || !departed_->valid()) return false;
  if (!live_valid_) return true;
  return reverse_ ? departed_->key() > live_.key() : departed_->key() < live_.key();
}

// No key is the beginning of another one, so key + FF lies between it and the next.
void narrow_after(index::KeyRange& range, bool reverse, std::string_view key) {
  if (reverse) {
    range.limit = std::string(key);
  } else {
    range.first = std::string(key) + '\xFF';
  }
}

MergedScan::MergedScan(Views& views, index::IndexId index, const index::KeyRange& range,
                       bool reverse, const PositionVector& at,
                       const std::optional<ScanStart>& after)
    : views_(views), reverse_(reverse) {
  sources_.reserve(views.partitions().size());
  for (const Partition partition : views.partitions()) {
    ScanSpec spec{index, range, reverse, at.at(partition)};
    if (after) {
      const bool had_its_turn =
          reverse ? partition >= after->partition : partition <= after->partition;
      if (had_its_turn) {
        narrow_after(spec.range, reverse, after->key);
      } else if (reverse) {
        spec.range.limit = after->key + '\xFF';
      } else {
        spec.range.first = after->key;
      }
    }
    sources_.push_back({partition, std::move(spec), std::nullopt, {}});
  }
}

bool MergedScan::next(Hit& hit) {
  if (views_.refresh() != epoch_) open_all();
  if (heap_.empty()) return false;
  const auto order = [this](const Source* a, const Source* b) { return later(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), order);
  Source* source = heap_.back();
  heap_.pop_back();
  source->last.assign(source->scan->key());
  hit = {source->partition, source->spec.at, source->last, source->scan->entry()};
  source->scan->next();
  push(source);
  return true;
}

// At the first call, and after each renewal of the snapshots: every shard from after its last key.
void MergedScan::open_all() {
  epoch_ = views_.epoch();
  heap_.clear();
  for (Source& source : sources_) {
    if (!source.last.empty()) narrow_after(source.spec.range, reverse_, source.last);
    source.scan.emplace(views_.shard(source.partition), source.spec);
    push(&source);
  }
}

void MergedScan::push(Source* source) {
  if (!source->scan->valid()) return;
  heap_.push_back(source);
  std::push_heap(heap_.begin(), heap_.end(),
                 [this](const Source* a, const Source* b) { return later(a, b); });
}

bool MergedScan::later(const Source* a, const Source* b) const {
  const int order = a->scan->key().compare(b->scan->key());
  if (order != 0) return reverse_ ? order < 0 : order > 0;
  return reverse_ ? a->partition < b->partition : a->partition > b->partition;
}

}  // namespace ledger::query
