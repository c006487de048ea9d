// BulkViews::write and put: each view of the round in key order, merged with the base's or written
// over it.
#include <algorithm>
#include <cmath>

#include "projector/bulk/bulk_views.h"
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
  explicit EventIdSource(const std::vector<EventIds::Taken>& taken)
      : next_(taken.begin()), end_(taken.end()) {}
  bool next(std::string_view& key, std::string_view& value) {
    if (next_ == end_) return false;
    id_ = next_->id();
    offset_ = store::offset_key(Offset{next_->offset});
    key = {reinterpret_cast<const char*>(id_.data()), id_.size()};
    value = offset_;
    ++next_;
    return true;
  }

 private:
  std::vector<EventIds::Taken>::const_iterator next_;
  std::vector<EventIds::Taken>::const_iterator end_;
  Uuid id_{};
  std::string offset_;
};

}  // namespace

void BulkViews::write(store::ShardFill& fill) {
  for (const store::ViewName& name : store::view_names(declarations_)) {
    if (name.view == View::kEventIds) {
      merge(name, EventIdSource(event_ids_.sorted()), {}, fill);
      event_ids_ = {};
      continue;
    }
    const Gathered gathered = gather(name.view);
    merge(name, RunSource(gathered.run), gathered.gone, fill);
  }
}

void BulkViews::put(store::ShardWriter& writer) {
  EventIdSource ids(event_ids_.sorted());
  std::string_view key;
  std::string_view value;
  while (ids.next(key, value)) writer.insert(View::kEventIds, key, value);
  for (const store::ViewName& name : store::view_names(declarations_)) {
    if (name.view != View::kEventIds) put_view(name.view, writer);
  }
}

void BulkViews::put_view(View view, store::ShardWriter& writer) {
  const Gathered gathered = gather(view);
  auto gone = gathered.gone.begin();
  for (const KeyRun::Item& item : gathered.run.items()) {
    for (; gone != gathered.gone.end() && *gone <= item.key(); ++gone) writer.erase(view, *gone);
    if (base_has(view, item.key())) {
      writer.update(view, item.key(), item.value());
    } else {
      writer.insert(view, item.key(), item.value());
    }
  }
  for (; gone != gathered.gone.end(); ++gone) writer.erase(view, *gone);
}

// Of `keys` new or changed ones, `scattered` fall on any leaf and the others behind the last one.
// Of L leaves n scattered keys leave L * e^(-n/L) untouched.
size_t BulkViews::pages_touched(View view, size_t keys, size_t scattered) const {
  const double leaves = base_ == nullptr ? 0 : static_cast<double>(base_->leaves(view));
  const double untouched =
      leaves == 0 ? 0 : leaves * std::exp(-static_cast<double>(scattered) / leaves);
  return static_cast<size_t>(leaves - untouched) + keys / kKeysPerPage;
}

size_t BulkViews::dirty_pages() const {
  size_t pages = pages_touched(View::kEventIds, event_ids_.size(), scattered_event_ids_) +
                 (audios_.bytes() + listenings_.bytes()) / kPageBytes;
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
      return store::raw(store::decode_rid_key(key)) < raw(base_position_);
    case View::kContentHashes:
      return base_ != nullptr && base_->get(view, key);
    default:
      return false;
  }
}

BulkViews::Gathered BulkViews::gather(View view) {
  Gathered gathered;
  if (view == View::kContentAudioRows) {
    gather_rows(audios_, gathered);
  } else if (view == View::kUserContentAudioRows) {
    gather_rows(listenings_, gathered);
  } else if (view == View::kContentHashes) {
    for (const auto& [key, value] : content_hashes_) gathered.run.add(key, value);
  } else if (const auto found = indexes_.find(view); found != indexes_.end()) {
    gathered.gone = std::move(found->second.gone);
    if (found->second.table == Table::kContentAudios) {
      gather_entries<record::ContentAudio>(view, found->second, gathered.run);
    } else {
      gather_entries<record::UserContentAudio>(view, found->second, gathered.run);
    }
  } else {
    gathered.run = std::move(runs_[view]);
  }
  gathered.run.sort();
  std::sort(gathered.gone.begin(), gathered.gone.end());
  return gathered;
}

void BulkViews::gather_rows(const RowTable& table, Gathered& gathered) const {
  for (const RowTable::Row& row : table.rows()) {
    if (row.live && row.changed) gathered.run.add(store::rid_key(row.rid), row.bytes());
    if (!row.live && row.in_base) gathered.gone.push_back(store::rid_key(row.rid));
  }
}

template <typename Record>
void BulkViews::gather_entries(View view, const IndexView& index, KeyRun& run) {
  const auto specs = declarations_.of(record::table_of<Record>());
  const index::IndexSpec& spec = *specs.at(index.number);
  LEDGER_ASSERT(store::view_of(spec.id) == view, "{}", spec.name);
  const index::KeyBuilder<Record> builder(spec);
  RowTable& rows = table(record::table_of<Record>());
  run.reserve(rows.rows().size());
  std::string key;
  Record record;  // kept for the capacity of its text
  for (const RowTable::Row& row : rows.rows()) {
    const Offset moved = rows.entered(row, index.number);
    const bool as_in_base = row.in_base && moved == RowTable::kFirst;
    if (!row.live || as_in_base) continue;
    store::decode_image(store::split_row(row.rid, row.bytes()).image, row.rid, record);
    builder.build(record, key);
    const Offset entered = moved == RowTable::kFirst ? Offset{store::raw(row.rid)} : moved;
    run.add(key, store::encode_entry(key, {row.rid, entered}));
  }
}

// `gone`: keys of the base that are left out, ascending; of a key in both, the round's entry is
// taken.
template <typename Source>
void BulkViews::merge(const store::ViewName& name, Source source,
                      const std::vector<std::string>& gone, store::ShardFill& fill) const {
  std::string_view key;
  std::string_view value;
  bool more = source.next(key, value);
  if (base_ == nullptr) {
    fill.begin(name.view, {});
    for (; more; more = source.next(key, value)) fill.append(key, value);
    return;
  }
  auto next_gone = gone.begin();
  fill.begin(name.view, base_->state().digests.at(name.name));
  store::ViewCursor base = base_->cursor(name.view);
  bool base_more = base.first();
  while (more || base_more) {
    if (!base_more || (more && key < base.key())) {
      fill.append(key, value);
      more = source.next(key, value);
      continue;
    }
    const bool is_gone = next_gone != gone.end() && *next_gone == base.key();
    if (is_gone) ++next_gone;
    if (is_gone || (more && key == base.key())) {
      fill.drop(base.key(), base.value());
    } else {
      fill.copy(base.key(), base.value());
    }
    base_more = base.next();
  }
  LEDGER_ASSERT(next_gone == gone.end(), "view {}: {} keys not in the base", name.name,
                gone.end() - next_gone);
}

}  // namespace ledger::bulk
