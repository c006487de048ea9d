// Reads of a kept log: blocks first, then the tail. What reader and writer share.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "schemas/store/kept_block_internal.h"

namespace ledger::store {

// Blocks, or groups, that were used last; they do not overlap.
class HeldBlocks {
 public:
  explicit HeldBlocks(size_t max) : held_(max) {}
  // Returns: the one whose records reach over `offset`; nullptr when none does.
  std::shared_ptr<const Block> over(Offset offset);
  // In the place of the one that was not used for longest.
  void keep(std::shared_ptr<const Block> block);

 private:
  struct Held {
    std::shared_ptr<const Block> block;
    uint64_t used = 0;  // when, in uses
  };
  std::vector<Held> held_;
  uint64_t uses_ = 0;
};

// Holds what was decompressed last. Blocks never change, so that it outlives snapshots.
// Lifetime: of `path`.
class KeptReads {
 public:
  using Visit = std::function<bool(const KeptEvent&)>;

  KeptReads(const LogHandles& handles, const std::filesystem::path& path)
      : handles_(handles), path_(path) {}

  // As those of KeptLogReader, of the snapshot `transaction`.
  std::optional<KeptEvent> read(const Transaction& transaction, Offset offset);
  std::optional<KeptEvent> read_around(const Transaction& transaction, Offset offset);
  void scan(const Transaction& transaction, Offset from, Offset limit, const Visit& visit);
  Offset first_at_or_after(const Transaction& transaction, double time_ms);

  // Lifetime: of the snapshot. Throws: Error{kIntegrity} when its checksum is wrong.
  std::optional<PackedBlock> last_block(const Transaction& transaction) const;
  // Visits the tail's records in order. Throws: Error{kIntegrity} unless they are contiguous from
  // `start` on. Returns: their end, or nullopt when `visit` returned false.
  std::optional<Offset> scan_tail(const Transaction& transaction, Offset start,
                                  const Visit& visit) const;

 private:
  static constexpr size_t kBlocksMax = 16;
  static constexpr size_t kGroupsMax = 4;

  // The record that reaches over `offset`, of what is held.
  std::optional<KeptEvent> read_held(Offset offset);
  // Of a block; its group if one has it, else the whole block, which is held from now on.
  std::optional<KeptEvent> read_block(const Transaction& transaction, Offset offset);
  // Throws: Error{kIntegrity} when no block has `offset`, unless it is behind the end or in a gap
  // of the tail.
  void check_absent(const Transaction& transaction, Offset offset) const;
  PackedBlock block_with(const Transaction& transaction, Offset offset) const;
  // Returns: the end of the last block, or nullopt when `visit` returned false.
  std::optional<Offset> scan_blocks(const Transaction& transaction, Offset from,
                                    const Visit& visit);
  void check_follows(Offset found, Offset expected) const;

  LogHandles handles_;
  const std::filesystem::path& path_;
  BlockDecoder decoder_;
  HeldBlocks blocks_{kBlocksMax};
  HeldBlocks groups_{kGroupsMax};
};

}  // namespace ledger::store
