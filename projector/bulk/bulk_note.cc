// After each event: what the next ones look up, and texts that entries will have.
#include "projector/bulk/bulk_views.h"

namespace ledger::bulk {

using record::ContentAudio;
using record::UserContentAudio;
using store::Rid;

namespace {

bool found_alike(const ContentAudio& a, const ContentAudio& b) {
  return a.id == b.id && a.content_id == b.content_id && a.content_type == b.content_type &&
         a.voice_id == b.voice_id && a.creation_time == b.creation_time;
}

bool found_alike(const UserContentAudio& a, const UserContentAudio& b) {
  return a.id == b.id && a.user_id == b.user_id && a.content_id == b.content_id &&
         a.content_type == b.content_type;
}

// Of the other texts in keys that a change may bring.
bool keyed_alike(const ContentAudio& a, const ContentAudio& b) {
  return a.content_hash == b.content_hash;
}

bool keyed_alike(const UserContentAudio& a, const UserContentAudio& b) {
  return a.content_audio_id == b.content_audio_id;
}

}  // namespace

template <typename Record>
void BulkViews::note_changes(const std::vector<fold::Change<Record>>& changes,
                             EntryMemory<Record>& entries) {
  RowTable& rows = table(record::table_of<Record>());
  for (const auto& change : changes) {
    if (change.after && !(change.before && keyed_alike(change.before->row, change.after->row))) {
      entries.add(change.after->row);
    }
    if (change.before && change.after && found_alike(change.before->row, change.after->row)) {
      continue;
    }
    const Rid rid = change.before ? change.before->rid : change.after->rid;
    const auto slot = static_cast<Slot>(rows.find(rid) - rows.rows().data());
    if (change.before) lose(change.before->row, slot);
    if (change.after) find_in(change.after->row, slot);
  }
}

void BulkViews::note(const fold::Result& result) {
  note_changes(result.audios, audio_entries_);
  note_changes(result.listenings, listening_entries_);
}

}  // namespace ledger::bulk
