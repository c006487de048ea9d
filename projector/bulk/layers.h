// What a round stands on, read as one shard: a base (an earlier shard, or nothing) and layers, each
// what one round brought: entries that it made or changed, and kGone for keys of older ones that
// left.
//
//   base < layer < layer < the round in memory
//
// Entries of userContentAudios' indexes that follow from a row are in no layer: see
// has_derived_entries().
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "projector/bulk/merged_cursor.h"
#include "projector/bulk/row_directory.h"
#include "schemas/store/reader.h"

namespace ledger::bulk {

class Layers {
 public:
  // `base`: nullptr for an empty shard. Lifetime: outlives it.
  // `directory_bytes_max`: of memory for hashes of rows; `folder`: of more; see RowDirectory.
  explicit Layers(const store::ShardReader* base, size_t directory_bytes_max = SIZE_MAX,
                  const std::filesystem::path& folder = {});

  // Opens the newest one. Its rows are told to directory() by who wrote it, or by learn().
  void add(const std::filesystem::path& path);
  // Drops the newest, so that so many are left.
  void keep(size_t count);
  // The newest, from `first` on, are one now, which is at `path`.
  void join(size_t first, const std::filesystem::path& path);

  const store::ShardReader* base() const { return base_; }
  const std::vector<store::ShardReader>& layers() const { return layers_; }  // oldest first
  bool empty() const { return base_ == nullptr && layers_.empty(); }
  Offset position() const;
  RowDirectory& directory() { return directory_; }
  const RowDirectory& directory() const { return directory_; }

  uint64_t base_entries() const;
  // Of layers, also those that hide or are hidden, and those that will be derived of their rows.
  uint64_t entries() const;
  // Cost: a look into each layer, the newest first, and the base.
  std::optional<std::string_view> get(store::View view, std::string_view key) const;
  // The last event ids of all, ascending, with who took them; at most so many.
  std::vector<std::pair<Uuid, Offset>> last_event_ids(size_t count_max) const;
  // The row of the first entry of the base alone whose key begins with `prefix`, as if nothing were
  // over it.
  std::optional<store::Rid> first_of_base(store::View view, std::string_view prefix) const;
  // Cost: a look into the one layer that has it, or the base.
  std::optional<std::string_view> row(record::Table table, store::Rid rid) const;
  // Whether the entries of a live listening are in no layer, but are to be derived from its row:
  // one that a layer made and none of whose keys has moved. They would be in the newest layer.
  bool has_derived_entries(store::Rid rid) const;
  // The entry of a live row's key. Cost: none while no key of the row has moved in a layer.
  std::optional<store::Entry> entry(store::View view, std::string_view key, store::Rid rid) const;
  // All live entries of a view. `hidden`: is told of those of the base that are not.
  MergedCursor cursor(store::View view,
                      std::function<void(std::string_view, std::string_view)> hidden = {}) const;
  // All entries of layers from `first` on, kGone included.
  MergedCursor cursor_of_layers(store::View view, size_t first) const;
  // Whether the cursor() stands at an entry of the base.
  bool is_of_base(const MergedCursor& cursor) const {
    return base_ != nullptr && cursor.source() + 1 == cursor.sources();
  }

 private:
  bool is_of_base(store::Rid rid) const;  // was made there
  uint64_t derived_entries() const;
  std::vector<store::ViewCursor> cursors(store::View view, size_t first) const;

  const store::ShardReader* base_;
  std::vector<store::ShardReader> layers_;
  RowDirectory directory_;
};

}  // namespace ledger::bulk
