// What a round tells the directory of the layers when it is written as one.
#include <array>

#include "projector/bulk/bulk_views.h"
#include "projector/bulk/row_hashes.h"

namespace ledger::bulk {

namespace {

constexpr size_t kAhead = 8;  // rows fetched before their turn

// Calls each(take), which calls take(hash, slot) for each row. Each step needs what the one before
// fetched, some rows ago.
template <typename Each>
void tell_hashes(RowDirectory& directory, const RowTable& table, const Each& each) {
  struct Told {
    uint64_t hash = 0;
    Slot slot = 0;
  };
  std::array<Told, kAhead> ring{};
  size_t told = 0;
  const auto add = [&](const Told& of) { directory.add(of.hash, table.rows()[of.slot].rid); };
  each([&](uint64_t hash, Slot slot) {
    Told& oldest = ring[told % ring.size()];
    if (told >= ring.size()) add(oldest);
    oldest = {hash, slot};
    table.prefetch(slot);
    directory.prefetch(hash);
    ++told;
  });
  for (size_t i = told < ring.size() ? 0 : told - ring.size(); i < told; ++i) {
    add(ring[i % ring.size()]);
  }
}

}  // namespace

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
  tell_hashes(directory, audios_, [&](auto take) { audio_lookup_.each(take); });
  tell_hashes(directory, listenings_, [&](auto take) { listening_lookup_.each(take); });
  tell_hashes(directory, listenings_, [&](auto take) {
    for (const auto& [id, slot] : foreign_ids_) take(foreign_hash(id), slot);
  });
}

// Rows of layers are known to it already.
size_t BulkViews::hashes_to_tell() const {
  const size_t all = audios_.rows().size() + listenings_.rows().size() + foreign_ids_.size();
  if (below_.base() != nullptr) return all;
  return all - audios_.count_in_base() - listenings_.count_in_base();
}

}  // namespace ledger::bulk
