#include "projector/bulk/shard_stack.h"

#include <algorithm>

#include "projector/bulk/row_hashes.h"
#include "schemas/base/assert.h"

namespace ledger::bulk {

namespace fs = std::filesystem;
using store::View;

namespace {
constexpr size_t kPulseEvery = 4096;  // rows
}  // namespace

ShardStack::ShardStack(const fs::path& path, const store::ShardIdentity& identity,
                       const std::optional<fs::path>& base, size_t directory_bytes_max)
    : identity_(identity),
      directory_bytes_max_(directory_bytes_max),
      folder_(path.parent_path()),
      rounds_(path) {
  const std::optional<fs::path> from = has_rounds() ? rounds_.path() : base;
  if (from) open_base(*from);
  layers_ = layers_over_base();
  ranges_ = rounds_.layers(state().position);
  for (const Rounds::Layer& range : ranges_) {
    layers_->add(rounds_.path(range));
    store::check_identity(layers_->layers().back().identity(), identity_,
                          rounds_.path(range).string());
    levels_.push_back(0);
  }
}

std::unique_ptr<Layers> ShardStack::layers_over_base() const {
  return std::make_unique<Layers>(base_ ? &*base_ : nullptr, directory_bytes_max_, folder_);
}

void ShardStack::open_base(const fs::path& path) {
  base_.emplace(path);
  store::check_identity(base_->identity(), identity_, path.string());
  if (raw(base_->state().position) == 0) base_.reset();  // nothing in it yet
}

const store::ShardState& ShardStack::state() const {
  if (layers_ && has_layers()) return layers_->layers().back().state();
  return base_ ? base_->state() : nothing_;
}

void ShardStack::learn(const Pulse& pulse) {
  for (size_t i = learned_; i < layers_->layers().size(); ++i) {
    learn_rows(layers_->layers()[i], i, pulse);
  }
  learn_moves(pulse);
}

void ShardStack::learn_moves(const Pulse& pulse) {
  for (; learned_ < layers_->layers().size(); ++learned_) {
    pulse();
    store::ViewCursor past = layers_->layers()[learned_].cursor(View::kPast);
    for (bool more = past.first(); more; more = past.next()) {
      const std::string_view left = store::decode_past_key(past.key()).key;
      layers_->directory().note_moved(store::decode_entry(left, past.value()).rid);
    }
  }
}

namespace {

// What rows of one table are found by is told by hashes_of(row).
template <typename Record, typename HashesOf>
void learn_rows(const store::ShardReader& layer, size_t number, RowDirectory& directory,
                const HashesOf& hashes_of, const ShardStack::Pulse& pulse) {
  const View rows = store::rows_of(record::table_of<Record>());
  directory.reserve(layer.entries(rows));
  store::ViewCursor cursor = layer.cursor(rows);
  size_t read = 0;
  for (bool more = cursor.first(); more; more = cursor.next()) {
    if (++read % kPulseEvery == 0) pulse();
    const store::Rid rid = store::decode_rid_key(cursor.key());
    if (cursor.value() == kGone) {
      directory.put_dead(rid);
      continue;
    }
    directory.put(rid, number, false);
    hashes_of(store::decode_row<Record>(rid, cursor.value()).row,
              [&](uint64_t hash) { directory.add(hash, rid); });
  }
}

}  // namespace

void ShardStack::learn_rows(const store::ShardReader& layer, size_t number, const Pulse& pulse) {
  RowDirectory& directory = layers_->directory();
  const auto of_audio = [](const record::ContentAudio& row, const auto& add) {
    add(audio_hash(row.id));
  };
  const std::string own = store::derived_id_prefix(identity_.log.ledger_id);
  const auto of_listening = [&](const record::UserContentAudio& row, const auto& add) {
    add(natural_hash(row.user_id, row.content_id, row.content_type));
    if (!row.id.starts_with(own)) add(foreign_hash(row.id));
  };
  bulk::learn_rows<record::ContentAudio>(layer, number, directory, of_audio, pulse);
  bulk::learn_rows<record::UserContentAudio>(layer, number, directory, of_listening, pulse);
}

void ShardStack::add_layer(const Rounds::Layer& range, const Write& write, const Pulse& pulse) {
  try {
    store::ShardFill fill(rounds_.part(range), identity_);
    write(fill);
  } catch (...) {
    rounds_.drop_parts();
    throw;
  }
  rounds_.complete(range);
  layers_->add(rounds_.path(range));
  ranges_.push_back(range);
  levels_.push_back(0);
  ++learned_;
  while (levels_.size() >= kFanIn && levels_[levels_.size() - kFanIn] == levels_.back()) {
    join(levels_.size() - kFanIn, pulse);
  }
}

void ShardStack::join(size_t first, const Pulse& pulse) {
  const Rounds::Layer range{ranges_[first].from, ranges_.back().to};
  try {
    store::ShardFill fill(rounds_.part(range), identity_);
    fill.set_pulse(pulse);
    for (const store::ViewName& name : store::view_names(identity_.declarations)) {
      fill.begin(name.view, {});
      MergedCursor cursor = layers_->cursor_of_layers(name.view, first);
      for (bool more = cursor.first(); more; more = cursor.next()) {
        fill.copy(cursor.key(), cursor.value());
      }
    }
    fill.finish(state());
  } catch (...) {
    rounds_.drop_parts();
    throw;
  }
  rounds_.complete(range);
  layers_->join(first, rounds_.path(range));
  learned_ = layers_->layers().size();
  const int level = levels_.back() + 1;
  ranges_.resize(first);
  ranges_.push_back(range);
  levels_.resize(first);
  levels_.push_back(level);
  rounds_.remove_others(ranges_);
}

void ShardStack::finish(const Write& write) {
  const size_t count = layers_->layers().size();
  try {
    store::ShardFill fill(rounds_.part(), identity_);
    write(fill);
  } catch (...) {
    layers_->keep(count);
    rounds_.drop_parts();
    throw;
  }
  rounds_.complete();
  layers_.reset();
  base_.reset();
  ranges_.clear();
  levels_.clear();
  learned_ = 0;
  rounds_.remove_others();
  open_base(rounds_.path());
  layers_ = layers_over_base();
}

// Over all others: what is derived is as new as its row.
void ShardStack::add_entries(const Write& write) {
  const fs::path path = rounds_.entries_part(layers_->layers().size());
  {
    store::ShardFill fill(path, identity_);
    write(fill);
  }
  layers_->add(path);
}

void ShardStack::place() {
  LEDGER_ASSERT(!has_layers(), "{}", ranges_.size());
  layers_.reset();
  base_.reset();
  rounds_.place();
}

}  // namespace ledger::bulk
