// What apply does to the round.
#include "projector/bulk/bulk_views.h"
#include "schemas/base/assert.h"

namespace ledger::bulk {

using record::Table;
using store::Rid;
using store::View;

namespace {

Uuid uuid_of(std::string_view bytes) {
  Uuid id{};
  LEDGER_ASSERT(bytes.size() == id.size(), "{}", bytes.size());
  std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

}  // namespace

std::optional<std::string_view> BulkViews::get(View view, std::string_view key) {
  LEDGER_ASSERT(view == View::kContentHashes, "view {}", static_cast<int>(view));
  const auto found = content_hashes_.find(key);
  if (found != content_hashes_.end()) return found->second;
  return below_.get(view, key);
}

void BulkViews::set_content_hash(std::string_view key, std::string_view hash) {
  const auto [found, fresh] = content_hashes_.insert_or_assign(std::string(key), hash);
  if (fresh) text_bytes_ += kNodeBytes + 2 * kTextBytes + key.size() + found->second.size();
}

void BulkViews::insert(View view, std::string_view key, std::string_view value) {
  switch (view) {
    case View::kContentAudioRows:
      audios_.add(store::decode_rid_key(key), value, false);
      return;
    case View::kUserContentAudioRows:
      listenings_.add(store::decode_rid_key(key), value, false);
      return;
    case View::kEventIds:
      event_ids_.add(uuid_of(key), store::decode_offset(value));
      if (key < end_below_from_) ++scattered_event_ids_;
      return;
    case View::kContentHashes:
      set_content_hash(key, value);
      return;
    case View::kVersions:
    case View::kPast:
    case View::kLeftAt:
    case View::kOutcomes:
    case View::kRecordOutcomes:
      runs_[view].add(key, value);
      return;
  }
  LEDGER_ASSERT(false, "view {}", static_cast<int>(view));
}

RowTable::Row& BulkViews::row_of(View view, std::string_view rid_key) {
  LEDGER_ASSERT(view == View::kContentAudioRows || view == View::kUserContentAudioRows, "view {}",
                static_cast<int>(view));
  RowTable& rows = view == View::kContentAudioRows ? audios_ : listenings_;
  RowTable::Row* const row = rows.find(store::decode_rid_key(rid_key));
  LEDGER_ASSERT(row != nullptr, "rid {}", store::raw(store::decode_rid_key(rid_key)));
  return *row;
}

void BulkViews::update(View view, std::string_view key, std::string_view value) {
  if (view == View::kContentHashes) {
    set_content_hash(key, value);
    return;
  }
  RowTable& rows = view == View::kContentAudioRows ? audios_ : listenings_;
  rows.set(row_of(view, key), value);
}

void BulkViews::erase(View view, std::string_view key) {
  RowTable& rows = view == View::kContentAudioRows ? audios_ : listenings_;
  rows.erase(row_of(view, key));
}

// The row has these very bytes.
void BulkViews::supersede(Table table, Rid rid, Offset from, const apply::LateBytes&) {
  const store::RowBytes row = store::split_row(rid, this->table(table).find(rid)->bytes());
  runs_[View::kVersions].add(store::version_key(rid, from), row.image);
}

void BulkViews::enter(View view, const apply::LateBytes&, const store::Entry& entry) {
  if (raw(entry.entered) == store::raw(entry.rid)) return;  // the row's first key
  const IndexView& index = indexes_.at(view);
  RowTable& rows = table(index.table);
  rows.set_entered(*rows.find(entry.rid), index.number, entry.entered);
}

std::optional<store::Entry> BulkViews::leave(View view, const apply::LateBytes& key, Rid rid) {
  IndexView& index = indexes_.at(view);
  RowTable& rows = table(index.table);
  const RowTable::Row& row = *rows.find(rid);
  const Offset entered = rows.entered(row, index.number);
  if (entered != RowTable::kFirst) return store::Entry{rid, entered};
  const store::Entry first{rid, Offset{store::raw(rid)}};
  if (!row.in_base) return first;
  if (index.table == Table::kUserContentAudios && below_.has_derived_entries(rid)) {
    enter_all(rid);
    return first;
  }
  const std::string_view bytes = key.bytes();
  const auto found = below_.entry(view, bytes, rid);
  if (!found) return std::nullopt;
  index.gone.emplace_back(bytes);
  text_bytes_ += kTextBytes + bytes.size();
  return found;
}

// From now on none of them is derived when the shard is written.
void BulkViews::enter_all(Rid rid) {
  RowTable::Row& row = *listenings_.find(rid);
  const size_t indexes = declarations_.of(Table::kUserContentAudios).size();
  for (size_t index = 0; index < indexes; ++index) {
    if (listenings_.entered(row, index) != RowTable::kFirst) continue;
    listenings_.set_entered(row, index, Offset{store::raw(rid)});
  }
}

}  // namespace ledger::bulk
