#include "projector/apply/apply.h"

#include <algorithm>

#include "projector/apply/table_views.h"
#include "schemas/base/assert.h"

namespace ledger::apply {

namespace {

using store::Disposition;
using store::View;

std::string_view bytes_of(const Uuid& uuid) {
  return {reinterpret_cast<const char*>(uuid.data()), uuid.size()};
}

void apply_content_hash(const fold::ContentHashChange& change, Operations& operations) {
  const std::string key = store::content_hash_key(change.content_id, change.type);
  const auto last = operations.get(View::kContentHashes, key);
  if (!last) return operations.insert(View::kContentHashes, key, change.hash);
  if (*last != change.hash) operations.update(View::kContentHashes, key, change.hash);
}

void count(const store::Outcome& outcome, store::Counters& counters) {
  ++counters.events;
  switch (outcome.disposition) {
    case Disposition::kApplied:
      ++counters.applied;
      break;
    case Disposition::kNotApplied:
      ++counters.not_applied;
      break;
    case Disposition::kDuplicate:
      ++counters.duplicates;
      break;
    case Disposition::kQuarantined:
      ++counters.quarantined;
      break;
  }
  for (const store::Code code : outcome.codes) ++counters.codes[code];
}

}  // namespace

void Operations::supersede(record::Table, store::Rid rid, Offset from, const LateBytes& image) {
  insert(View::kVersions, store::version_key(rid, from), image.bytes());
}

void Operations::enter(View view, const LateBytes& key, const store::Entry& entry) {
  const std::string_view bytes = key.bytes();
  insert(view, bytes, store::encode_entry(bytes, entry));
}

std::optional<store::Entry> Operations::leave(View view, const LateBytes& key, store::Rid) {
  const std::string_view bytes = key.bytes();
  const auto found = get(view, bytes);
  if (!found) return std::nullopt;
  const store::Entry entry = store::decode_entry(bytes, *found);
  erase(view, bytes);
  return entry;
}

struct Applier::Impl {
  explicit Impl(const index::Declarations& declarations)
      : audios(declarations), listenings(declarations) {}

  template <typename Record>
  static void apply_changes(Offset offset, const std::vector<fold::Change<Record>>& changes,
                            TableViews<Record>& views, Operations& operations,
                            store::Counters& counters) {
    for (const auto& change : changes) {
      const int added = views.apply(offset, change, operations);
      if (added != 0) counters.rows[record::table_of<Record>()] += static_cast<uint64_t>(added);
    }
  }

  TableViews<record::ContentAudio> audios;
  TableViews<record::UserContentAudio> listenings;
};

Applier::Applier(const index::Declarations& declarations)
    : impl_(std::make_unique<Impl>(declarations)) {}
Applier::~Applier() = default;

void Applier::apply(Offset offset, int64_t log_time_ms, const fold::Result& result,
                    Operations& operations, store::ShardState& state) {
  LEDGER_ASSERT(offset == state.position, "offset {} position {}", raw(offset),
                raw(state.position));
  if (result.takes_event_id) {
    operations.insert(View::kEventIds, bytes_of(*result.takes_event_id), store::offset_key(offset));
  }
  Impl::apply_changes(offset, result.audios, impl_->audios, operations, state.counters);
  Impl::apply_changes(offset, result.listenings, impl_->listenings, operations, state.counters);
  if (result.content_hash) apply_content_hash(*result.content_hash, operations);
  const store::Outcome& outcome = result.outcome;
  if (!outcome.clean() && outcome.disposition != Disposition::kDuplicate) {
    operations.insert(View::kOutcomes, store::offset_key(offset), store::encode_outcome(outcome));
  }
  if (result.named) {
    operations.insert(View::kRecordOutcomes,
                      store::record_outcome_key(result.named->table, result.named->id, offset), {});
  }
  count(outcome, state.counters);
  state.log_time_max_ms = std::max(state.log_time_max_ms, log_time_ms);
  state.position = next(offset);
}

}  // namespace ledger::apply
