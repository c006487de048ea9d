// BulkViews::fetch_...: what a play looks up lies anywhere in memory.
#include "projector/bulk/bulk_views.h"

namespace ledger::bulk {

void BulkViews::fetch_places(const ListenedHashes& hashes) const {
  audio_lookup_.fetch_place(hashes.audio);
  listening_lookup_.prefetch(hashes.listening);
  below_.directory().prefetch(hashes.listening);
}

void BulkViews::fetch_rows(const ListenedHashes& hashes) const {
  audio_lookup_.fetch_live(hashes.audio);
  const auto first = listening_lookup_.find(hashes.listening, [](Slot) { return true; });
  if (first) listenings_.prefetch(*first);
}

void BulkViews::fetch_bytes(const ListenedHashes& hashes) const {
  audio_lookup_.fetch_text(hashes.audio);
  const auto first = listening_lookup_.find(hashes.listening, [](Slot) { return true; });
  if (first) listenings_.prefetch_bytes(*first);
}

}  // namespace ledger::bulk
