#include "query/departed.h"

#include <algorithm>

#include "schemas/base/bytes.h"

namespace ledger::query {

namespace {

std::string index_prefix(index::IndexId index) {
  std::string prefix;
  append_be16(prefix, index::raw(index));
  return prefix;
}

bool lived_at(const store::Entry& entry, Offset left, Offset at) {
  return entry.entered < at && at <= left;
}

}  // namespace

DepartedScan::DepartedScan(const store::ShardReader& shard, const ScanSpec& spec) : spec_(spec) {
  if (collect(shard)) {
    show_collected();
  } else {
    open_past(shard);
    show_streamed();
  }
}

void DepartedScan::next() {
  if (past_) {
    spec_.reverse ? past_->prev() : past_->next();
    show_streamed();
  } else {
    ++position_;
    show_collected();
  }
}

// Returns: false when both are long.
bool DepartedScan::collect(const store::ShardReader& shard) {
  store::ViewCursor past = shard.cursor(store::View::kPast);
  store::ViewCursor left_at = shard.cursor(store::View::kLeftAt);
  const auto in_past = [this, &past] {
    if (!past.valid()) return false;
    const store::PastKey key = store::decode_past_key(past.key());
    return key.index == spec_.index && (!spec_.range.limit || key.key < *spec_.range.limit);
  };
  std::vector<Item> of_past;
  std::vector<Item> of_left_at;
  past.seek(index_prefix(spec_.index) + spec_.range.first);
  left_at.seek(store::offset_key(spec_.at));
  for (size_t walked = 0; in_past() && left_at.valid(); ++walked) {
    if (walked == spec_.departed_walk_max) return false;
    const store::PastKey old = store::decode_past_key(past.key());
    const store::Entry old_entry = store::decode_entry(old.key, past.value());
    if (spec_.range.contains(old.key) && lived_at(old_entry, old.left, spec_.at)) {
      of_past.push_back({std::string(old.key), old_entry});
    }
    const store::LeftAtKey gone = store::decode_left_at_key(left_at.key());
    const store::Entry gone_entry = store::decode_entry(gone.key, left_at.value());
    if (gone.index == spec_.index && spec_.range.contains(gone.key) &&
        lived_at(gone_entry, gone.left, spec_.at)) {
      of_left_at.push_back({std::string(gone.key), gone_entry});
    }
    past.next();
    left_at.next();
  }
  collected_ = in_past() ? std::move(of_left_at) : std::move(of_past);
  std::sort(collected_.begin(), collected_.end(),
            [](const Item& a, const Item& b) { return a.key < b.key; });
  if (spec_.reverse) std::reverse(collected_.begin(), collected_.end());
  return true;
}

void DepartedScan::show_collected() {
  valid_ = position_ < collected_.size();
  if (!valid_) return;
  key_ = collected_[position_].key;
  entry_ = collected_[position_].entry;
}

void DepartedScan::open_past(const store::ShardReader& shard) {
  collected_.clear();
  past_.emplace(shard.cursor(store::View::kPast));
  const std::string prefix = index_prefix(spec_.index);
  if (!spec_.reverse) {
    past_->seek(prefix + spec_.range.first);
  } else if (spec_.range.limit) {
    past_->seek_before(prefix + *spec_.range.limit);
  } else {
    past_->seek_before(*index::increment(prefix));
  }
}

void DepartedScan::show_streamed() {
  valid_ = false;
  if (!past_->valid()) return;
  const store::PastKey key = store::decode_past_key(past_->key());
  if (key.index != spec_.index) return;
  valid_ = spec_.reverse ? key.key >= spec_.range.first
                         : !spec_.range.limit || key.key < *spec_.range.limit;
  if (!valid_) return;
  key_.assign(key.key);
  entry_ = store::decode_entry(key_, past_->value());
  counts_ = lived_at(entry_, key.left, spec_.at);
}

}  // namespace ledger::query
