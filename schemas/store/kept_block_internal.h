// A block of the kept log: contiguous records, compressed. LAYOUT.md, section 3.
//
//   value   be64 checksum | be64 end | be64 log time before | be64 log time with the last
//           | be32 count | be32 raw bytes | zstd frame
//   raw     a head of each record | key and value of each record
//   head    be64 timestamp | byte flags | be32 key length | be32 value length
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schemas/store/kept_log_internal.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace ledger::store {

inline constexpr size_t kBlockPreambleBytes = 4 * 8 + 2 * 4;
inline constexpr size_t kHeadBytes = 8 + 1 + 4 + 4;

// A block as it lies in the map, still compressed.
struct PackedBlock {
  Offset first{};
  Offset end{};
  int64_t log_time_before_ms = -1;
  int64_t log_time_ms = -1;  // with the last record
  size_t count = 0;
  size_t raw_bytes = 0;
  std::string_view frame;
};

struct Block {
  std::string bytes;
  std::vector<KeptEvent> events;  // views into `bytes`
};

// Throws: Error{kIntegrity} when the checksum is wrong.
PackedBlock open_block(std::string_view key, std::string_view value,
                       const std::filesystem::path& path);

class BlockDecoder {
 public:
  BlockDecoder();
  ~BlockDecoder();
  // Into the buffers of `block`. Throws: Error{kIntegrity} when it holds something else than its
  // head says.
  void decode(const PackedBlock& packed, Block& block, const std::filesystem::path& path);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;  // made when first needed
};

// Takes the records behind the last block until they are a block's worth. Where blocks are cut
// depends on the events alone, not on the batches they came in.
class BlockEncoder {
 public:
  BlockEncoder();
  ~BlockEncoder();
  // Goes on behind a block whose last record has this log time. Precondition: nothing was added.
  void go_on_from(int64_t log_time_ms) { log_time_ms_ = log_time_ms; }
  // `log_time_ms`: the running maximum with this event. Precondition: they are contiguous.
  void add(const KeptEvent& event, int64_t log_time_ms);
  bool full() const;
  Offset first() const { return first_; }
  // The value of the block with all that was added; the next add() begins another one.
  // Lifetime: until the next finish().
  std::string_view finish();

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::string heads_;
  std::string fields_;
  std::string value_;
  Offset first_{};
  Offset end_{};
  int64_t log_time_before_ms_ = -1;
  int64_t log_time_ms_ = -1;
};

}  // namespace ledger::store
