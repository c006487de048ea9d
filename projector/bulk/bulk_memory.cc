// What a round takes in memory, and how many pages and entries it will make.
#include <algorithm>
#include <cmath>

#include "projector/bulk/bulk_views.h"

namespace ledger::bulk {

namespace {

using record::Table;
using store::View;

constexpr size_t kPageBytes = 4096;
constexpr size_t kKeysPerPage = 16;  // what keys add at least: entries have up to 256 bytes

}  // namespace

// Three times take the most: the last event, when the directory learns the rows, its old hashes
// beside its new ones, and when nothing is left but rows and their entries.
// Lists count with what they hold: of their room beyond it at most a huge page was touched.
size_t BulkViews::bytes() const {
  const RowDirectory& directory = below_.directory();
  const size_t telling = looked_up_bytes() + directory.bytes_to_reserve(hashes_to_tell());
  return std::max(telling, own_bytes()) + directory.bytes();
}

size_t BulkViews::own_bytes() const {
  const size_t folding = looked_up_bytes() + event_ids_.bytes();
  const size_t writing = audios_.bytes() + listenings_.bytes() + text_bytes_ +
                         audio_entries_.bytes(audios_.count_entered()) +
                         listening_entries_.bytes(listenings_.count_entered());
  return std::max(folding, writing);
}

size_t BulkViews::bytes_to_write() const {
  return listenings_.bytes() + listening_entries_.bytes(rows_below() + listenings_.rows().size());
}

size_t BulkViews::rows_below() const {
  size_t sum = 0;
  for (const store::ShardReader& layer : below_.layers()) {
    sum += layer.entries(View::kUserContentAudioRows);
  }
  return sum;
}

size_t BulkViews::looked_up_bytes() const {
  size_t sum = audios_.bytes() + listenings_.bytes() + text_bytes_ + audio_lookup_.bytes() +
               listening_lookup_.bytes();
  for (const auto& [view, run] : runs_) sum += run.bytes();
  return sum;
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

uint64_t BulkViews::layer_entries() const {
  const size_t made = listenings_.rows().size() - listenings_.count_in_base();
  return fresh_entries() - made * declarations_.of(Table::kUserContentAudios).size();
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

}  // namespace ledger::bulk
