#include "query/scan.h"

#include <algorithm>
#include <utility>

#include "schemas/base/assert.h"

namespace ledger::query {

namespace {
constexpr size_t kSkippedTwiceMax = 64;  // entries that a renewal may have passed over again
}  // namespace

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
  show_live();
}

bool IndexScan::counts() const {
  if (departed_first()) return departed_->counts();
  return whole_ || live_entry_.entered < at_;
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
  show_live();
}

void IndexScan::show_live() {
  live_valid_ = live_.valid();
  if (!live_valid_) return;
  const std::string_view key = live_.key();
  live_valid_ = reverse_ ? key >= range_.first : !range_.limit || key < *range_.limit;
  if (live_valid_) live_entry_ = store::decode_entry(key, live_.value());
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

void narrow_from(index::KeyRange& range, bool reverse, std::string_view key) {
  if (reverse) {
    range.limit = std::string(key) + '\xFF';
  } else {
    range.first = std::string(key);
  }
}

MergedScan::MergedScan(Views& views, index::IndexId index, const index::KeyRange& range,
                       bool reverse, const PositionVector& at,
                       const std::optional<ScanStart>& after, size_t departed_walk_max)
    : views_(views), reverse_(reverse) {
  const size_t walk_max = departed_walk_max / views.partitions().size();
  sources_.reserve(views.partitions().size());
  for (const Partition partition : views.partitions()) {
    ScanSpec spec{index, range, reverse, at.at(partition), walk_max};
    if (after) {
      const bool had_its_turn =
          reverse ? partition >= after->partition : partition <= after->partition;
      if (had_its_turn) {
        narrow_after(spec.range, reverse, after->key);
      } else {
        narrow_from(spec.range, reverse, after->key);
      }
    }
    sources_.push_back({partition, std::move(spec), std::nullopt, {}});
  }
}

bool MergedScan::next(Hit& hit) {
  while (!settle_all()) {
  }
  if (heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end(),
                [this](const Source* a, const Source* b) { return later(a, b); });
  given_ = heap_.back();
  heap_.pop_back();
  given_->last.assign(given_->scan->key());
  hit = {given_->partition, given_->spec.at, given_->last, given_->scan->entry()};
  return true;
}

// Brings every source to its next entry that counts. Returns: false when the snapshots grew old on
// the way; some sources have kept their places then.
bool MergedScan::settle_all() {
  if (views_.refresh() != epoch_) return open_all();
  if (given_ == nullptr) return true;
  Source* source = std::exchange(given_, nullptr);
  source->scan->next();
  return settle(*source);
}

// At the first call, and after each renewal of the snapshots: every shard from after its last key.
bool MergedScan::open_all() {
  epoch_ = views_.epoch();
  heap_.clear();
  given_ = nullptr;
  for (Source& source : sources_) {
    if (!source.last.empty()) narrow_after(source.spec.range, reverse_, source.last);
    source.scan.emplace(views_.shard(source.partition), source.spec);
    if (source.scan->streams_departed()) source.spec.departed_walk_max = 0;
    if (!settle(source)) return false;
  }
  return true;
}

bool MergedScan::settle(Source& source) {
  IndexScan& scan = *source.scan;
  size_t skipped = 0;
  bool stale = false;
  for (; scan.valid() && !scan.counts() && !stale; scan.next()) {
    ++skipped;
    stale = views_.stale();
  }
  if (skipped > kSkippedTwiceMax || stale) keep_place(source);
  if (stale) return false;
  if (!scan.valid()) return true;
  heap_.push_back(&source);
  std::push_heap(heap_.begin(), heap_.end(),
                 [this](const Source* a, const Source* b) { return later(a, b); });
  return true;
}

// What was passed over is not looked at again after a renewal. One key can have several entries: at
// the key given last, what is left of it does not count.
void MergedScan::keep_place(Source& source) const {
  index::KeyRange& range = source.spec.range;
  if (!source.scan->valid()) {
    range.limit = range.first;
  } else if (source.scan->key() == source.last) {
    narrow_after(range, reverse_, source.last);
  } else {
    narrow_from(range, reverse_, source.scan->key());
  }
  source.last.clear();
}

bool MergedScan::later(const Source* a, const Source* b) const {
  const int order = a->scan->key().compare(b->scan->key());
  if (order != 0) return reverse_ ? order < 0 : order > 0;
  return reverse_ ? a->partition < b->partition : a->partition > b->partition;
}

}  // namespace ledger::query
