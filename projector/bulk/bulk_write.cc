// BulkViews::write: each view of the base and of the round, merged in key order.
#include <algorithm>

#include "projector/bulk/bulk_views.h"
#include "schemas/base/assert.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

using record::Table;
using store::View;

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
  for (const store::ViewName& name : store::view_names(declarations_)) write_view(name, fill);
}

void BulkViews::write_view(const store::ViewName& name, store::ShardFill& fill) {
  if (name.view == View::kEventIds) {
    merge(name, EventIdSource(event_ids_.sorted()), {}, fill);
    event_ids_ = {};
    return;
  }
  KeyRun run;
  std::vector<std::string> gone;
  if (name.view == View::kContentAudioRows) {
    gather_rows(audios_, run, gone);
  } else if (name.view == View::kUserContentAudioRows) {
    gather_rows(listenings_, run, gone);
  } else if (name.view == View::kContentHashes) {
    for (const auto& [key, value] : content_hashes_) run.add(key, value);
  } else if (const auto found = indexes_.find(name.view); found != indexes_.end()) {
    gone = std::move(found->second.gone);
    if (found->second.table == Table::kContentAudios) {
      gather_entries<record::ContentAudio>(name.view, found->second, run);
    } else {
      gather_entries<record::UserContentAudio>(name.view, found->second, run);
    }
  } else {
    run = std::move(runs_[name.view]);
  }
  run.sort();
  merge(name, RunSource(run), std::move(gone), fill);
}

void BulkViews::gather_rows(RowTable& table, KeyRun& run, std::vector<std::string>& gone) const {
  for (const RowTable::Row& row : table.rows()) {
    if (row.live && row.changed) run.add(store::rid_key(row.rid), row.bytes());
    if (!row.live && row.in_base) gone.push_back(store::rid_key(row.rid));
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
  for (const RowTable::Row& row : rows.rows()) {
    const Offset moved = rows.entered(row, index.number);
    const bool as_in_base = row.in_base && moved == RowTable::kFirst;
    if (!row.live || as_in_base) continue;
    builder.build(store::decode_row<Record>(row.rid, row.bytes()).row, key);
    const Offset entered = moved == RowTable::kFirst ? Offset{store::raw(row.rid)} : moved;
    run.add(key, store::encode_entry(key, {row.rid, entered}));
  }
}

// `gone`: keys of the base that are left out; of a key in both, the round's entry is taken.
template <typename Source>
void BulkViews::merge(const store::ViewName& name, Source source, std::vector<std::string> gone,
                      store::ShardFill& fill) const {
  std::string_view key;
  std::string_view value;
  bool more = source.next(key, value);
  if (base_ == nullptr) {
    fill.begin(name.view, {});
    for (; more; more = source.next(key, value)) fill.append(key, value);
    return;
  }
  std::sort(gone.begin(), gone.end());
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
