// Reads of a kept log: blocks first, then the tail. What reader and writer share.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "schemas/store/kept_block_internal.h"

namespace ledger::store {

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
  struct Held {
    std::shared_ptr<const Block> block;
    std::string key;    // of the block
    uint64_t used = 0;  // when, in reads
  };
  static constexpr size_t kHeldMax = 16;

  std::optional<KeptEvent> read_block(const Transaction& transaction, Offset offset);
  // Throws: Error{kIntegrity} when no block has `offset`, unless it is behind the end or in a gap
  // of the tail.
  void check_absent(const Transaction& transaction, Offset offset) const;
  PackedBlock block_with(const Transaction& transaction, Offset offset) const;
  std::shared_ptr<const Block> unpacked(std::string_view key, std::string_view value);
  // Returns: the end of the last block, or nullopt when `visit` returned false.
  std::optional<Offset> scan_blocks(const Transaction& transaction, Offset from,
                                    const Visit& visit);
  void check_follows(Offset found, Offset expected) const;

  LogHandles handles_;
  const std::filesystem::path& path_;
  BlockDecoder decoder_;
  std::array<Held, kHeldMax> held_;
  uint64_t reads_ = 0;
};

}  // namespace ledger::store
