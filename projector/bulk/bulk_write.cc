// BulkViews::write, write_layer and put: each view of the round in key order, merged with those
// below, alone, or written over the base's.
#include <algorithm>
#include <cmath>

#include "projector/bulk/bulk_views.h"
#include "projector/bulk/row_hashes.h"
#include "schemas/base/assert.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

using record::Table;
using store::View;

constexpr size_t kPageBytes = 4096;
constexpr size_t kKeysPerPage = 16;  // what keys add at least: entries have up to 256 bytes

// Entries of a sorted run, one after another.
class RunSource {
 public:
  explicit RunSource(const KeyRun& run) : next_(run.items().begin()), end_(run.items().end()) {}
  bool next(std::string_view& key, std::string_view& value) {
    if (next_ == end_) return false;
    key = next_->key();
    value = next_->value();
    ++next_;
    return true;
  }

 private:
  std::vector<KeyRun::Item>::const_iterator next_;
  std::vector<KeyRun::Item>::const_iterator end_;
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
      const RowTable::Row& row = table_.rows()[slots_[next_]];
      if (!row.live || !row.changed) continue;
      key_ = store::rid_key(row.rid);
      key = key_;
      value = row.bytes();
      ++next_;
      return true;
    }
    return false;
  }

 private:
  const RowTable& table_;
  std::vector<Slot> slots_;
  size_t next_ = 0;
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

}  // namespace

void BulkViews::write(store::ShardFill& fill, const std::function<void()>& pulse) {
  fill.set_pulse(pulse);
  std::map<View, store::ViewName> names;
  for (const store::ViewName& name : store::view_names(declarations_)) names[name.view] = name;
  const auto take = [&](View view, auto source, const std::vector<std::string>& gone) {
    pulse();
    merge(names.at(view), std::move(source), gone, fill);
  };
  each_view(take, pulse);
}

void BulkViews::write_layer(store::ShardFill& fill, const std::function<void()>& pulse,
                            RowDirectory& directory, size_t layer) {
  fill.set_pulse(pulse);
  const auto take = [&](View view, auto source, const std::vector<std::string>& gone) {
    pulse();
    write_view(view, std::move(source), gone, fill);
  };
  each_view(take, pulse, [&] { tell(directory, layer); });
}

void BulkViews::put(store::ShardWriter& writer) {
  LEDGER_ASSERT(below_.layers().empty(), "{}", below_.layers().size());
  const auto take = [&](View view, auto source, const std::vector<std::string>& gone) {
    put_view(view, std::move(source), gone, writer);
  };
  each_view(take, [] {});
}

// Index entries come last, when the memory of the others is free: they take the most.
template <typename Take>
void BulkViews::each_view(const Take& take, const std::function<void()>& pulse,
                          const std::function<void()>& looked_up) {
  take(View::kEventIds, EventIdSource(event_ids_.sorted()), {});
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
    take(view, RunSource(run), {});
  }
  each_view_of_table<record::ContentAudio>(take, pulse);
  each_view_of_table<record::UserContentAudio>(take, pulse);
}

template <typename Record, typename Take>
void BulkViews::each_view_of_table(const Take& take, const std::function<void()>& pulse) {
  const RowTable& rows = table(record::table_of<Record>());
  take(store::rows_of(record::table_of<Record>()), RowSource(rows), rows_gone(rows));
  const IndexEntries<Record> entries(rows, declarations_, pulse);
  for (auto& [view, index] : indexes_) {
    if (index.table != record::table_of<Record>()) continue;
    std::sort(index.gone.begin(), index.gone.end());
    take(view, entries.of(index.number), index.gone);
  }
}

template <typename Source>
void BulkViews::put_view(View view, Source source, const std::vector<std::string>& gone,
                         store::ShardWriter& writer) const {
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
  }
  for (; next_gone != gone.end(); ++next_gone) writer.erase(view, *next_gone);
}

// Of `keys` new or changed ones, `scattered` fall on any leaf and the others behind the last one.
// Of L leaves n scattered keys leave L * e^(-n/L) untouched.
size_t BulkViews::pages_touched(View view, size_t keys, size_t scattered) const {
  const double leaves =
      below_.base() == nullptr ? 0 : static_cast<double>(below_.base()->leaves(view));
  const double untouched =
      leaves == 0 ? 0 : leaves * std::exp(-static_cast<double>(scattered) / leaves);
  return static_cast<size_t>(leaves - untouched) + keys / kKeysPerPage;
}

uint64_t BulkViews::fresh_entries() const {
  uint64_t sum = event_ids_.size();
  for (const auto& [view, run] : runs_) sum += run.items().size();
  for (const Table table : {Table::kContentAudios, Table::kUserContentAudios}) {
    const RowTable& rows = table == Table::kContentAudios ? audios_ : listenings_;
    const size_t indexes = declarations_.of(table).size();
    sum += (rows.rows().size() - rows.count_in_base()) * (1 + indexes);
  }
  return sum;
}

size_t BulkViews::dirty_pages() const {
  size_t pages =
      pages_touched(View::kEventIds, event_ids_.size(), scattered_event_ids_) +
      (audios_.bytes() + listenings_.bytes()) / kPageBytes +
      pages_touched(View::kContentHashes, content_hashes_.size(), content_hashes_.size());
  for (const auto& [view, run] : runs_) {
    pages += pages_touched(view, run.items().size(), run.items().size());
  }
  for (const Table table : {Table::kContentAudios, Table::kUserContentAudios}) {
    const RowTable& rows = table == Table::kContentAudios ? audios_ : listenings_;
    pages += pages_touched(store::rows_of(table), 0, rows.count_in_base());
  }
  const View by_id = store::view_of(index::by_id_of(Table::kUserContentAudios));
  for (const auto& [view, index] : indexes_) {
    const RowTable& rows = index.table == Table::kContentAudios ? audios_ : listenings_;
    const size_t fresh = rows.rows().size() - rows.count_in_base();
    const size_t moved = rows.count_moved() + index.gone.size();
    pages +=
        pages_touched(view, fresh + moved, moved + (view == by_id ? foreign_ids_.size() : fresh));
  }
  return pages;
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

void BulkViews::tell(RowDirectory& directory, size_t layer) const {
  for (const RowTable* table : {&audios_, &listenings_}) {
    for (const RowTable::Row& row : table->rows()) {
      if (!row.live) {
        if (row.in_base) directory.put_dead(row.rid);
      } else if (row.changed) {
        directory.put(row.rid, layer, row.entered != 0);
      }
    }
  }
  directory.reserve(hashes_to_tell());
  const auto add_to = [&](const RowTable& table) {
    return [&](uint64_t hash, Slot slot) { directory.add(hash, table.rows()[slot].rid); };
  };
  audio_lookup_.each(add_to(audios_));
  listening_lookup_.each(add_to(listenings_));
  for (const auto& [id, slot] : foreign_ids_) add_to(listenings_)(foreign_hash(id), slot);
}

// Rows of layers are known to it already.
size_t BulkViews::hashes_to_tell() const {
  const size_t all = audios_.rows().size() + listenings_.rows().size() + foreign_ids_.size();
  if (below_.base() != nullptr) return all;
  return all - audios_.count_in_base() - listenings_.count_in_base();
}

// Of a key that left and came back, the entry counts.
template <typename Source>
void BulkViews::write_view(View view, Source source, const std::vector<std::string>& gone,
                           store::ShardFill& fill) const {
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
  }
  for (; next_gone != gone.end(); ++next_gone) fill.copy(*next_gone, kGone);
}

// `gone`: keys from below that are left out, ascending; of a key in both, the round's entry is
// taken. Digests of entries that the base has are those of the base.
template <typename Source>
void BulkViews::merge(const store::ViewName& name, Source source,
                      const std::vector<std::string>& gone, store::ShardFill& fill) const {
  std::string_view key;
  std::string_view value;
  bool more = source.next(key, value);
  fill.begin(name.view, below_.base() == nullptr ? store::Digest{}
                                                 : below_.base()->state().digests.at(name.name));
  auto next_gone = gone.begin();
  MergedCursor below = below_.cursor(
      name.view, [&](std::string_view hidden, std::string_view old) { fill.drop(hidden, old); });
  bool more_below = below.first();
  while (more || more_below) {
    if (!more_below || (more && key < below.key())) {
      fill.append(key, value);
      more = source.next(key, value);
      continue;
    }
    const bool of_base = below_.is_of_base(below);
    const bool is_gone = next_gone != gone.end() && *next_gone == below.key();
    if (is_gone) ++next_gone;
    if (is_gone || (more && key == below.key())) {
      if (of_base) fill.drop(below.key(), below.value());
    } else if (of_base) {
      fill.copy(below.key(), below.value());
    } else {
      fill.append(below.key(), below.value());
    }
    more_below = below.next();
  }
  LEDGER_ASSERT(next_gone == gone.end(), "view {}: {} keys not below", name.name,
                gone.end() - next_gone);
}

}  // namespace ledger::bulk
