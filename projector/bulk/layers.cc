#include "projector/bulk/layers.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "schemas/base/assert.h"

namespace ledger::bulk {

using store::View;

namespace {

uint64_t entries_of(const store::ShardReader& shard) {
  uint64_t sum = 0;
  for (const store::ViewName& name : store::view_names(shard.identity().declarations)) {
    sum += shard.entries(name.view);
  }
  return sum;
}

uint64_t live_listenings(const store::ShardReader& shard) {
  const auto& rows = shard.state().counters.rows;
  const auto found = rows.find(record::Table::kUserContentAudios);
  return found == rows.end() ? 0 : found->second;
}

}  // namespace

Layers::Layers(const store::ShardReader* base, size_t directory_bytes_max,
               const std::filesystem::path& folder)
    : base_(base), directory_(directory_bytes_max, folder) {}

// Sealed: nobody writes to one that is named.
void Layers::add(const std::filesystem::path& path) { layers_.emplace_back(path, true); }

void Layers::keep(size_t count) {
  while (layers_.size() > count) layers_.pop_back();
}

void Layers::join(size_t first, const std::filesystem::path& path) {
  keep(first);
  add(path);
  directory_.join_layers(first);
}

Offset Layers::position() const {
  if (!layers_.empty()) return layers_.back().state().position;
  return base_ == nullptr ? Offset{0} : base_->state().position;
}

uint64_t Layers::base_entries() const { return base_ == nullptr ? 0 : entries_of(*base_); }

uint64_t Layers::entries() const {
  uint64_t sum = 0;
  for (const store::ShardReader& layer : layers_) sum += entries_of(layer);
  return sum + derived_entries();
}

// Of rows whose keys moved they are counted though they are in layers, which few are.
uint64_t Layers::derived_entries() const {
  if (layers_.empty()) return 0;
  const uint64_t live = live_listenings(layers_.back());
  const uint64_t of_base = base_ == nullptr ? 0 : live_listenings(*base_);
  const index::Declarations& declarations = layers_.back().identity().declarations;
  const size_t indexes = declarations.of(record::Table::kUserContentAudios).size();
  return live < of_base ? 0 : (live - of_base) * indexes;
}

std::optional<std::string_view> Layers::get(View view, std::string_view key) const {
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    const auto found = layer->get(view, key);
    if (!found) continue;
    if (may_leave(view) && *found == kGone) return std::nullopt;
    return found;
  }
  return base_ == nullptr ? std::nullopt : base_->get(view, key);
}

std::vector<std::pair<Uuid, Offset>> Layers::last_event_ids(size_t count_max) const {
  std::vector<std::pair<Uuid, Offset>> last;
  const auto look = [&](const store::ShardReader& shard) {
    store::ViewCursor ids = shard.cursor(View::kEventIds);
    size_t read = 0;
    for (bool more = ids.last(); more && read < count_max; more = ids.prev(), ++read) {
      auto& [id, offset] = last.emplace_back();
      LEDGER_ASSERT(ids.key().size() == id.size(), "{}", ids.key().size());
      std::copy(ids.key().begin(), ids.key().end(), id.begin());
      offset = store::decode_offset(ids.value());
    }
  };
  if (base_ != nullptr) look(*base_);
  for (const store::ShardReader& layer : layers_) look(layer);
  std::sort(last.begin(), last.end());
  if (last.size() > count_max)
    last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(count_max));
  return last;
}

std::optional<store::Rid> Layers::first_of_base(View view, std::string_view prefix) const {
  if (base_ == nullptr) return std::nullopt;
  store::ViewCursor cursor = base_->cursor(view);
  if (!cursor.seek(prefix) || !cursor.key().starts_with(prefix)) return std::nullopt;
  return store::decode_entry(cursor.key(), cursor.value()).rid;
}

std::optional<std::string_view> Layers::row(record::Table table, store::Rid rid) const {
  const RowDirectory::Place place = directory_.place(rid);
  switch (place.state) {
    case RowDirectory::Place::State::kLive:
      return layers_[place.layer].get(store::rows_of(table), store::rid_key(rid));
    case RowDirectory::Place::State::kDead:
      return std::nullopt;
    case RowDirectory::Place::State::kInNone:
      break;
  }
  return is_of_base(rid) ? base_->get(store::rows_of(table), store::rid_key(rid)) : std::nullopt;
}

bool Layers::is_of_base(store::Rid rid) const {
  return base_ != nullptr && store::raw(rid) < raw(base_->state().position);
}

bool Layers::has_derived_entries(store::Rid rid) const {
  return !is_of_base(rid) && !directory_.place(rid).moved;
}

std::optional<store::Entry> Layers::entry(View view, std::string_view key, store::Rid rid) const {
  const bool moved = directory_.place(rid).moved;
  if (!moved && !is_of_base(rid)) return store::Entry{rid, Offset{store::raw(rid)}};
  const auto found = moved ? get(view, key) : base_->get(view, key);
  if (!found) return std::nullopt;
  return store::decode_entry(key, *found);
}

std::vector<store::ViewCursor> Layers::cursors(View view, size_t first) const {
  std::vector<store::ViewCursor> cursors;
  for (size_t layer = layers_.size(); layer > first; --layer) {
    cursors.push_back(layers_[layer - 1].cursor(view));
  }
  return cursors;
}

MergedCursor Layers::cursor(View view,
                            std::function<void(std::string_view, std::string_view)> hidden) const {
  std::vector<store::ViewCursor> all = cursors(view, 0);
  if (base_ != nullptr) all.push_back(base_->cursor(view));
  const size_t base = base_ == nullptr ? all.size() : all.size() - 1;
  return {std::move(all), may_leave(view),
          [base, hidden = std::move(hidden)](size_t source, std::string_view key,
                                             std::string_view value) {
            if (source == base && hidden) hidden(key, value);
          }};
}

MergedCursor Layers::cursor_of_layers(View view, size_t first) const {
  return {cursors(view, first), false};
}

}  // namespace ledger::bulk
