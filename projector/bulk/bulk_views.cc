#include "projector/bulk/bulk_views.h"

#include <utility>

#include <fmt/format.h>

#include "projector/apply/declared.h"
#include "projector/bulk/row_hashes.h"
#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

using record::ContentAudio;
using record::Table;
using record::UserContentAudio;
using store::Rid;
using store::View;

constexpr size_t kEndIds = 64;

std::string_view bytes_of(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

}  // namespace

BulkViews::BulkViews(const Layers& below, const store::LogIdentity& log, KeptValues kept,
                     const index::Declarations& declarations)
    : below_(below),
      log_(log),
      kept_(std::move(kept)),
      declarations_(declarations),
      id_prefix_(store::derived_id_prefix(log.ledger_id)),
      content_(apply::content_view(declarations)),
      user_content_(apply::user_content_view(declarations)),
      audios_(below.position(), declarations.of(Table::kContentAudios).size()),
      listenings_(below.position(), declarations.of(Table::kUserContentAudios).size()),
      audio_entries_(declarations, id_prefix_),
      listening_entries_(declarations, id_prefix_) {
  for (const Table table : {Table::kContentAudios, Table::kUserContentAudios}) {
    size_t number = 0;
    for (const index::IndexSpec* spec : declarations.of(table)) {
      indexes_[store::view_of(spec->id)] = {table, number++, {}};
    }
  }
  read_end_below();
}

void BulkViews::read_end_below() {
  const auto last = below_.last_event_ids(kEndIds);
  if (last.size() == kEndIds) end_below_from_ = bytes_of(last.front().first);
  for (const auto& [id, offset] : last) end_below_.add(id, offset);
}

std::optional<Offset> BulkViews::event_taken(const Uuid& event_id) {
  if (const auto found = event_ids_.find(event_id)) return found;
  const std::string_view id = bytes_of(event_id);
  if (id >= end_below_from_) return end_below_.find(event_id);
  const auto found = below_.get(View::kEventIds, id);
  if (!found) return std::nullopt;
  return store::decode_offset(*found);
}

std::optional<std::string_view> BulkViews::kept_value(Offset offset) {
  earlier_ = kept_(offset);
  return earlier_ ? earlier_->value : std::nullopt;
}

template <typename Record>
store::Stored<Record> BulkViews::stored(Slot slot) {
  const RowTable::Row& row = table(record::table_of<Record>()).at(slot);
  return store::decode_row<Record>(row.rid, row.bytes());
}

template <typename Record>
std::optional<Slot> BulkViews::load(Rid rid) {
  // A row that is of this round already is found by its lookups, or it changed its key or ended.
  if (table(record::table_of<Record>()).find(rid) != nullptr) return std::nullopt;
  const auto value = below_.row(record::table_of<Record>(), rid);
  if (!value) {
    throw Error(Fault::kIntegrity,
                fmt::format("views: an index of {} points to the row {}, which is not there; the "
                            "views are damaged, run `ledger-projector rebuild`",
                            record::table_name(record::table_of<Record>()), store::raw(rid)));
  }
  return take<Record>(rid, *value);
}

template <typename Record>
Slot BulkViews::take(Rid rid, std::string_view value) {
  const Slot slot = table(record::table_of<Record>()).add(rid, value, true);
  find_in(stored<Record>(slot).row, slot);
  return slot;
}

// The directory tells of rows that layers brought or changed, and may tell what a row was found by
// once; a row that only the base has is found there.
template <typename Record, typename Prefix, typename Matches>
std::optional<Slot> BulkViews::load(uint64_t hash, View view, const Prefix& prefix,
                                    const Matches& matches) {
  if (below_.empty()) return std::nullopt;
  std::optional<std::string_view> value;
  const auto fits = [&](Rid rid) {
    if (table(record::table_of<Record>()).find(rid) != nullptr) return false;
    value = below_.row(record::table_of<Record>(), rid);
    return value && matches(store::decode_row<Record>(rid, *value).row);
  };
  const auto rid = below_.directory().find(hash, fits);
  if (rid) return take<Record>(*rid, *value);
  if (below_.base() == nullptr) return std::nullopt;
  const auto of_base = below_.first_of_base(view, prefix());
  if (!of_base || below_.directory().place(*of_base).state != RowDirectory::Place::State::kInNone) {
    return std::nullopt;
  }
  return load<Record>(*of_base);
}

std::optional<store::Stored<ContentAudio>> BulkViews::audio(std::string_view id) {
  auto slot = audio_lookup_.find(id);
  const auto key_of_id = [&] { return key_of(id); };
  if (!slot) {
    slot =
        load<ContentAudio>(audio_hash(id), store::view_of(index::by_id_of(Table::kContentAudios)),
                           key_of_id, [&](const ContentAudio& row) { return row.id == id; });
  }
  if (!slot) return std::nullopt;
  return stored<ContentAudio>(*slot);
}

std::string_view BulkViews::key_of(std::string_view id) {
  key_.clear();
  index::append_text(key_, id);
  return key_;
}

bool BulkViews::is_audio_of(std::string_view id, std::string_view content_id,
                            record::ContentType type) {
  const auto here = audio_lookup_.is_of(id, content_id, type);
  return here || below_.empty() ? here.value_or(false) : State::is_audio_of(id, content_id, type);
}

AudioLookup::Content& BulkViews::whole_content(std::string_view content_id,
                                               record::ContentType type) {
  AudioLookup::Content& content = audio_lookup_.content(content_id, type);
  if (std::exchange(content.whole, true) || below_.empty()) return content;
  std::string prefix;
  index::append_text(prefix, content_id);
  index::append_text(prefix, record::to_text(type));
  MergedCursor cursor = below_.cursor(content_);
  for (bool found = cursor.seek(prefix); found && cursor.key().starts_with(prefix);
       found = cursor.next()) {
    load<ContentAudio>(store::decode_entry(cursor.key(), cursor.value()).rid);
  }
  return content;
}

std::vector<store::Stored<ContentAudio>> BulkViews::audios_of(std::string_view content_id,
                                                              record::ContentType type) {
  std::vector<store::Stored<ContentAudio>> rows;
  for (const AudioLookup::Ref& ref : whole_content(content_id, type).audios) {
    rows.push_back(stored<ContentAudio>(ref.slot));
  }
  return rows;
}

size_t BulkViews::count_audios_of(std::string_view content_id, record::ContentType type,
                                  size_t count_max) {
  return std::min(count_max, whole_content(content_id, type).audios.size());
}

bool BulkViews::has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                         std::string_view voice_id, std::string_view except_id) {
  for (const AudioLookup::Ref& ref : whole_content(content_id, type).audios) {
    if (ref.voice_id == voice_id && ref.id != except_id) return true;
  }
  return false;
}

std::optional<store::Stored<UserContentAudio>> BulkViews::listening(std::string_view user_id,
                                                                    std::string_view content_id,
                                                                    record::ContentType type) {
  const uint64_t hash = natural_hash(user_id, content_id, type);
  std::optional<store::Stored<UserContentAudio>> found;
  const auto slot = listening_lookup_.find(hash, [&](Slot candidate) {
    found = stored<UserContentAudio>(candidate);
    return found->row.user_id == user_id && found->row.content_id == content_id &&
           found->row.content_type == type;
  });
  if (slot) return found;
  const auto key = [&] {
    key_.clear();
    index::append_text(key_, user_id);
    index::append_text(key_, content_id);
    index::append_text(key_, record::to_text(type));
    return std::string_view(key_);
  };
  const auto loaded = load<UserContentAudio>(hash, user_content_, key, [&](const auto& row) {
    return row.user_id == user_id && row.content_id == content_id && row.content_type == type;
  });
  if (!loaded) return std::nullopt;
  return stored<UserContentAudio>(*loaded);
}

template <typename Record>
std::optional<Slot> BulkViews::slot_of(Rid rid) {
  RowTable& rows = table(record::table_of<Record>());
  const RowTable::Row* row = rows.find(rid);
  if (row != nullptr) {
    if (!row->live) return std::nullopt;
    return static_cast<Slot>(row - rows.rows().data());
  }
  const auto value = below_.row(record::table_of<Record>(), rid);
  if (!value) return std::nullopt;
  return take<Record>(rid, *value);
}

std::optional<store::Stored<UserContentAudio>> BulkViews::listening_by_id(std::string_view id) {
  std::optional<Slot> slot;
  const auto key_of_id = [&] { return key_of(id); };
  if (!is_foreign(id)) {
    const auto offset = store::derived_offset(id_prefix_, log_.partition, id);
    if (offset) slot = slot_of<UserContentAudio>(Rid{raw(*offset)});
  } else if (const auto found = foreign_ids_.find(id); found != foreign_ids_.end()) {
    slot = found->second;
  } else {
    slot = load<UserContentAudio>(
        foreign_hash(id), store::view_of(index::by_id_of(Table::kUserContentAudios)), key_of_id,
        [&](const UserContentAudio& row) { return row.id == id; });
  }
  if (!slot) return std::nullopt;
  auto found = stored<UserContentAudio>(*slot);
  if (found.row.id != id) return std::nullopt;
  return found;
}

std::optional<std::string> BulkViews::content_hash(std::string_view content_id,
                                                   record::ContentType type) {
  const auto hash = get(View::kContentHashes, store::content_hash_key(content_id, type));
  if (!hash) return std::nullopt;
  return std::string(*hash);
}

void BulkViews::find_in(const ContentAudio& row, Slot slot) { audio_lookup_.add(row, slot); }
void BulkViews::lose(const ContentAudio& row, Slot) { audio_lookup_.remove(row); }

void BulkViews::find_in(const UserContentAudio& row, Slot slot) {
  listening_lookup_.add(natural_hash(row.user_id, row.content_id, row.content_type), slot);
  if (!is_foreign(row.id)) return;
  const bool fresh = foreign_ids_.insert_or_assign(row.id, slot).second;
  if (fresh) text_bytes_ += kNodeBytes + kTextBytes + row.id.size();
}

void BulkViews::lose(const UserContentAudio& row, Slot slot) {
  listening_lookup_.remove(natural_hash(row.user_id, row.content_id, row.content_type), slot);
  if (is_foreign(row.id) && foreign_ids_.erase(row.id) > 0) {
    text_bytes_ -= kNodeBytes + kTextBytes + row.id.size();
  }
}

}  // namespace ledger::bulk
