// Read side of one shard. Never writes; readers of the live directory need write permission on
// lock.mdb only.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/store/image.h"
#include "schemas/store/layout.h"
#include "schemas/store/shard_state.h"

namespace ledger::store {

// Walks one view in key order. Lifetime: of the snapshot; key and value until the snapshot's
// renew() or end.
class ViewCursor {
 public:
  ~ViewCursor();
  ViewCursor(ViewCursor&&) noexcept;
  ViewCursor& operator=(ViewCursor&&) noexcept;

  bool seek(std::string_view key);         // the first entry >= key
  bool seek_before(std::string_view key);  // the last entry < key
  bool first();
  bool last();
  bool next();
  bool prev();
  // Of a sealed file that was filled: what lies between the last such call, or first(), and here is
  // not read again soon, so its memory may go to others. Cost: reading it again is from the disk.
  // Precondition (asserted): valid(), and first() was called.
  void leave_behind();
  bool valid() const;
  std::string_view key() const;  // Precondition (asserted): valid()
  std::string_view value() const;

  struct Impl;  // of the .cc
  explicit ViewCursor(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// One LMDB read transaction over one shard.
class ShardReader {
 public:
  // Throws: Error{kUnavailable} when nothing is there; kIncompatible on another format version;
  // kIntegrity when the file is no LMDB environment. `no_lock`: a sealed copy, opened without
  // lock.mdb.
  explicit ShardReader(const std::filesystem::path& path, bool no_lock = false);
  ~ShardReader();
  ShardReader(ShardReader&&) noexcept;

  void renew();  // drops the snapshot and takes a new one; cursors of the old one are dead
  // Drops the snapshot, so that a reader that waits pins no pages. Only renew(), identity() and
  // state() may follow.
  void release();
  const ShardIdentity& identity() const;
  const ShardState& state() const;  // of the snapshot
  std::optional<std::string_view> get(View view, std::string_view key) const;
  ViewCursor cursor(View view) const;
  uint64_t entries(View view) const;  // number of keys, O(1)
  uint64_t leaves(View view) const;   // pages that hold its entries, O(1)
  uint64_t file_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string lmdb_version();  // "0.9.24", of the library at run time
std::string lz4_version();   // likewise

// The live row behind an index entry. Throws: Error{kIntegrity} when it is missing.
template <typename Record>
Stored<Record> read_row(const ShardReader& shard, Rid rid);

// The image of the record `rid` at position n (events [0,n) folded); nullopt when it did not live
// then. O(log n).
template <typename Record>
std::optional<Stored<Record>> read_row_at(const ShardReader& shard, Rid rid, Offset position);

}  // namespace ledger::store
