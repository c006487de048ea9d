// BulkViews::write, write_layer and put: each view of the round in key order, merged with those
// below, alone, or written over the base's.
#include <malloc.h>

#include <algorithm>

#include "projector/bulk/bulk_views.h"
#include "schemas/base/assert.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

using record::Table;
using store::View;

constexpr size_t kAhead = 8;          // entries fetched before their turn
constexpr size_t kLeaveEvery = 4096;  // entries of layers, that are left behind

// Entries of a sorted run, one after another.
class RunSource {
 public:
  explicit RunSource(const KeyRun& run) : next_(run.items().begin()), end_(run.items().end()) {}
  bool next(std::string_view& key, std::string_view& value) {
    if (next_ == end_) return false;
    if (static_cast<size_t>(end_ - next_) > kAhead)
      __builtin_prefetch(next_[ptrdiff_t{kAhead}].bytes);
    key = next_->key();
    value = next_->value();
    ++next_;
    return true;
  }

 private:
  LargeVector<KeyRun::Item>::const_iterator next_;
  LargeVector<KeyRun::Item>::const_iterator end_;
};

class EventIdSource {
 public:
  explicit EventIdSource(EventIds::InOrder ids) : ids_(ids) {}
  bool next(std::string_view& key, std::string_view& value) {
    const EventIds::Taken* const taken = ids_.next();
    if (taken == nullptr) return false;
    id_ = taken->id();
    offset_ = store::offset_key(Offset{taken->offset});
    key = {reinterpret_cast<const char*>(id_.data()), id_.size()};
    value = offset_;
    return true;
  }

 private:
  EventIds::InOrder ids_;
  Uuid id_{};
  std::string offset_;
};

// Rows of a table in order of rid, which is that of their keys.
class RowSource {
 public:
  explicit RowSource(const RowTable& table) : table_(table), slots_(table.in_order()) {}
  bool next(std::string_view& key, std::string_view& value) {
    for (; next_ < slots_.size(); ++next_) {
      if (next_ + 2 * kAhead < slots_.size()) {
        table_.prefetch(slots_[next_ + 2 * kAhead]);
        table_.prefetch_bytes(slots_[next_ + kAhead]);
      }
      row_ = &table_.rows()[slots_[next_]];
      if (!row_->live || !row_->changed) continue;
      key_ = store::rid_key(row_->rid);
      key = key_;
      value = row_->bytes();
      ++next_;
      return true;
    }
    return false;
  }
  const RowTable::Row& row() const { return *row_; }  // that next() gave

 private:
  const RowTable& table_;
  LargeVector<Slot> slots_;
  size_t next_ = 0;
  const RowTable::Row* row_ = nullptr;
  std::string key_;
};

std::vector<std::string> rows_gone(const RowTable& table) {
  std::vector<std::string> gone;
  for (const RowTable::Row& row : table.rows()) {
    if (!row.live && row.in_base) gone.push_back(store::rid_key(row.rid));
  }
  std::sort(gone.begin(), gone.end());
  return gone;
}

// Of views whose entries tell of no others.
struct NothingGathered {
  template <typename Source>
  void add(const Source&) {}
  void add_below(std::string_view, std::string_view) {}
};

}  // namespace

// Rows are told to it in order of rid, as they are written.
template <typename Record>
class BulkViews::Gathered {
 public:
  Gathered(BulkViews& views, Target target, const Pulse& pulse, const Spills& spills)
      : views_(views),
        rows_(kOfListenings ? views.listenings_ : views.audios_),
        target_(target),
        pulse_(pulse),
        spills_(spills),
        entries_(fresh()) {}

  void add(const RowSource& source) {
    const RowTable::Row& row = source.row();
    if (row.entered == 0 && is_derived(row)) {
      if (target_ == Target::kLayer) return;
      entries_.add(row.rid, row.bytes());
    } else if (!row.in_base || row.entered != 0) {
      entries_.add(rows_, row);
    } else {
      return;
    }
    measure();
  }
  void add_below(std::string_view key, std::string_view value) {
    if (!kOfListenings) return;
    const store::Rid rid = store::decode_rid_key(key);
    if (!views_.below_.has_derived_entries(rid)) return;
    entries_.add(rid, value);
    measure();
  }
  IndexEntries<Record> take() { return std::move(entries_); }

 private:
  static constexpr bool kOfListenings = record::table_of<Record>() == Table::kUserContentAudios;
  static constexpr size_t kMeasureEvery = 64;  // rows
  static constexpr size_t kLeastShare = 4;     // a quarter of the memory is taken before any spill

  bool is_derived(const RowTable::Row& row) const {
    return kOfListenings && (!row.in_base || views_.below_.has_derived_entries(row.rid));
  }

  IndexEntries<Record> fresh() const {
    IndexEntries<Record> entries(views_.declarations_, views_.log_);
    if (target_ == Target::kLayer && kOfListenings) return entries;
    const bool reads_below = kOfListenings && target_ == Target::kShard;
    entries.reserve(rows_.rows().size() + (reads_below ? views_.rows_below() : 0));
    return entries;
  }

  void measure() {
    if (++unmeasured_ < kMeasureEvery) return;
    unmeasured_ = 0;
    pulse_();
    if (!spills_.add) return;
    const size_t bytes = entries_.bytes();
    const size_t others = rows_.bytes() + views_.below_.directory().bytes();
    if (bytes + others <= spills_.memory_max || bytes < spills_.memory_max / kLeastShare) return;
    spill();
  }

  void spill() {
    entries_.sort();
    spills_.add([this](store::ShardFill& fill) {
      fill.set_pulse(pulse_);
      NothingGathered nothing;
      for (const auto& [view, index] : views_.indexes_) {
        if (index.table != record::table_of<Record>()) continue;
        views_.write_view(view, entries_.of(index.number), {}, nothing, fill);
      }
    });
    ++views_.spilled_;
    entries_ = fresh();
  }

  BulkViews& views_;
  const RowTable& rows_;
  Target target_;
  const Pulse& pulse_;
  const Spills& spills_;
  IndexEntries<Record> entries_;
  size_t unmeasured_ = 0;
};

void BulkViews::write(store::ShardFill& fill, const Pulse& pulse, const Spills& spills) {
  fill.set_pulse(pulse);
  std::map<View, store::ViewName> names;
  for (const store::ViewName& name : store::view_names(declarations_)) names[name.view] = name;
  const auto take = [&](View view, auto source, const std::vector<std::string>& gone,
                        auto& gathered) {
    pulse();
    merge(names.at(view), std::move(source), gone, gathered, fill);
  };
  each_view(Target::kShard, take, pulse, spills, [] {});
}

void BulkViews::write_layer(store::ShardFill& fill, const Pulse& pulse, RowDirectory& directory,
                            size_t layer) {
  fill.set_pulse(pulse);
  const auto take = [&](View view, auto source, const std::vector<std::string>& gone,
                        auto& gathered) {
    pulse();
    write_view(view, std::move(source), gone, gathered, fill);
  };
  each_view(Target::kLayer, take, pulse, {}, [&] { tell(directory, layer); });
}

void BulkViews::put(store::ShardWriter& writer) {
  LEDGER_ASSERT(below_.layers().empty(), "{}", below_.layers().size());
  const auto take = [&](View view, auto source, const std::vector<std::string>& gone,
                        auto& gathered) {
    put_view(view, std::move(source), gone, gathered, writer);
  };
  each_view(
      Target::kBase, take, [] {}, {}, [] {});
}

// Index entries come last, when the memory of the others is free: they take the most.
template <typename Take>
void BulkViews::each_view(Target target, const Take& take, const Pulse& pulse, const Spills& spills,
                          const std::function<void()>& looked_up) {
  NothingGathered nothing;
  take(View::kEventIds, EventIdSource(event_ids_.sorted()), {}, nothing);
  event_ids_ = {};
  looked_up();
  audio_lookup_ = {};
  listening_lookup_ = {};
  for (const View view : {View::kVersions, View::kPast, View::kLeftAt, View::kOutcomes,
                          View::kRecordOutcomes, View::kContentHashes}) {
    KeyRun run = std::move(runs_[view]);
    if (view == View::kContentHashes) {
      for (const auto& [key, value] : content_hashes_) run.add(key, value);
    }
    run.sort();
    take(view, RunSource(run), {}, nothing);
  }
  // What was freed goes back to the kernel: malloc would keep it beside the lines of all rows.
  if (target == Target::kShard) malloc_trim(0);
  each_view_of_table<record::ContentAudio>(target, take, pulse, spills);
  each_view_of_table<record::UserContentAudio>(target, take, pulse, spills);
}

template <typename Record, typename Take>
void BulkViews::each_view_of_table(Target target, const Take& take, const Pulse& pulse,
                                   const Spills& spills) {
  RowTable& rows = table(record::table_of<Record>());
  Gathered<Record> gathered(*this, target, pulse, spills);
  take(store::rows_of(record::table_of<Record>()), RowSource(rows), rows_gone(rows), gathered);
  IndexEntries<Record> entries = gathered.take();
  rows.clear();
  entries.sort();
  NothingGathered nothing;
  for (auto& [view, index] : indexes_) {
    if (index.table != record::table_of<Record>()) continue;
    std::sort(index.gone.begin(), index.gone.end());
    take(view, entries.of(index.number), index.gone, nothing);
  }
}

template <typename Source, typename Any>
void BulkViews::put_view(View view, Source source, const std::vector<std::string>& gone,
                         Any& gathered, store::ShardWriter& writer) const {
  auto next_gone = gone.begin();
  std::string_view key;
  std::string_view value;
  while (source.next(key, value)) {
    for (; next_gone != gone.end() && next_gone->compare(key) <= 0; ++next_gone) {
      writer.erase(view, *next_gone);
    }
    if (base_has(view, key)) {
      writer.update(view, key, value);
    } else {
      writer.insert(view, key, value);
    }
    gathered.add(source);
  }
  for (; next_gone != gone.end(); ++next_gone) writer.erase(view, *next_gone);
}

// Whether an entry of this round replaces one of the base that is not gone.
bool BulkViews::base_has(View view, std::string_view key) const {
  switch (view) {
    case View::kContentAudioRows:
    case View::kUserContentAudioRows:
      return store::raw(store::decode_rid_key(key)) < raw(below_.position());
    case View::kContentHashes:
      return below_.base() != nullptr && below_.base()->get(view, key);
    default:
      return false;
  }
}

// Of a key that left and came back, the entry counts.
template <typename Source, typename Any>
void BulkViews::write_view(View view, Source source, const std::vector<std::string>& gone,
                           Any& gathered, store::ShardFill& fill) const {
  fill.begin(view, {});
  auto next_gone = gone.begin();
  std::string_view key;
  std::string_view value;
  while (source.next(key, value)) {
    for (; next_gone != gone.end() && next_gone->compare(key) < 0; ++next_gone) {
      fill.copy(*next_gone, kGone);
    }
    if (next_gone != gone.end() && *next_gone == key) ++next_gone;
    fill.copy(key, value);
    gathered.add(source);
  }
  for (; next_gone != gone.end(); ++next_gone) fill.copy(*next_gone, kGone);
}

// `gone`: keys from below that are left out, ascending, but for what was spilled, which is of the
// round; of a key in both, the round's entry is taken. Digests of entries that the base has are
// those of the base.
template <typename Source, typename Any>
void BulkViews::merge(const store::ViewName& name, Source source,
                      const std::vector<std::string>& gone, Any& gathered,
                      store::ShardFill& fill) const {
  std::string_view key;
  std::string_view value;
  bool more = source.next(key, value);
  fill.begin(name.view, below_.base() == nullptr ? store::Digest{}
                                                 : below_.base()->state().digests.at(name.name));
  auto next_gone = gone.begin();
  // What `gathered` adds meanwhile is not in the cursor.
  const size_t spilled = spilled_;
  const size_t layers = below_.layers().size();
  MergedCursor below = below_.cursor(
      name.view, [&](std::string_view hidden, std::string_view old) { fill.drop(hidden, old); });
  bool more_below = below.first();
  size_t passed = 0;
  while (more || more_below) {
    if (!more_below || (more && key < below.key())) {
      fill.append(key, value);
      gathered.add(source);
      more = source.next(key, value);
      continue;
    }
    const bool of_base = below_.is_of_base(below);
    const bool left = next_gone != gone.end() && *next_gone == below.key();
    if (left) ++next_gone;
    const bool is_gone = left && below.source() >= spilled;
    if (is_gone || (more && key == below.key())) {
      if (of_base) fill.drop(below.key(), below.value());
    } else if (of_base) {
      fill.copy(below.key(), below.value());
    } else {
      fill.append(below.key(), below.value());
      gathered.add_below(below.key(), below.value());
    }
    more_below = below.next();
    if (++passed % kLeaveEvery == 0) below.leave_behind(layers);
  }
  LEDGER_ASSERT(next_gone == gone.end(), "view {}: {} keys not below", name.name,
                gone.end() - next_gone);
}

}  // namespace ledger::bulk
