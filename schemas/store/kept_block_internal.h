// A block of the kept log: contiguous records, compressed. Those about audios are set apart in
// groups, so that one of them is read without the others. LAYOUT.md, section 3.
//
//   value   be64 checksum | be32 bytes of the head | be64 end | be64 log time before
//           | be64 log time with the last | be32 groups | part of each group | part of the rest
//           | their frames, in the same order
//   part    be64 checksum of the frame | be32 bytes of it | be32 raw bytes | be32 count
//           | of a group, `count` places: be16 offset - that of the block
//   raw     a shape of each record | key and value of each record
//   shape   be64 timestamp | byte flags | be32 key length | be32 value length
//           | in a group, be64 log time - timestamp
#pragma once

#include <string>
#include <vector>

#include "schemas/store/kept_log_internal.h"

namespace ledger::store {

inline constexpr size_t kBlockFixedBytes = 8 + 4 + 3 * 8 + 4;
inline constexpr size_t kPartFixedBytes = 8 + 3 * 4;
inline constexpr size_t kPlaceBytes = 2;
inline constexpr size_t kShapeBytes = 8 + 1 + 4 + 4;
inline constexpr size_t kGroupShapeBytes = kShapeBytes + 8;

// Records in a frame of their own, as they lie in the map.
struct PackedPart {
  uint64_t checksum = 0;
  size_t raw_bytes = 0;
  size_t count = 0;
  bool is_group = false;
  std::string_view places;
  std::string_view frame;
};

// A block as it lies in the map, still compressed.
struct PackedBlock {
  Offset first{};
  Offset end{};
  int64_t log_time_before_ms = -1;
  int64_t log_time_ms = -1;       // with the last record
  std::vector<PackedPart> parts;  // the groups, in order of their offsets, and the rest
};

struct Block {
  std::string bytes;
  std::vector<KeptEvent> events;  // views into `bytes`; in order of their offsets
};

// Looks at its head alone. Throws: Error{kIntegrity} when the head's checksum is wrong.
PackedBlock open_block(std::string_view key, std::string_view value,
                       const std::filesystem::path& path);
// Throws: Error{kIntegrity} when the checksum of a frame is wrong.
void check_frames(const PackedBlock& packed, const std::filesystem::path& path);
// Returns: the group that has the record at `offset`; nullptr when the rest may have it.
const PackedPart* group_with(const PackedBlock& packed, Offset offset);

// Into the buffers of a Block. Throws, both: Error{kIntegrity} when a checksum is wrong, or when
// something else is there than the head says.
class BlockDecoder {
 public:
  void decode(const PackedBlock& packed, Block& block, const std::filesystem::path& path);
  // The records of `group` alone, one of packed.parts.
  void decode_group(const PackedBlock& packed, const PackedPart& group, Block& block,
                    const std::filesystem::path& path);

 private:
  std::vector<KeptEvent> apart_;  // of the block that is decoded
};

// Takes the records behind the last block until they are a block's worth. Where blocks are cut
// depends on the events alone, not on the batches they came in.
class BlockEncoder {
 public:
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
  struct Part {
    std::string places;
    std::string shapes;
    std::string fields;
    size_t raw_bytes() const { return shapes.size() + fields.size(); }
  };
  bool goes_apart(const KeptEvent& event) const;
  Part& open_group();
  size_t pack(Part& part, size_t frame_at, std::string& head);

  std::vector<Part> groups_;
  Part rest_;
  size_t raw_bytes_ = 0;  // of all of them
  std::string value_;     // never made smaller
  Offset first_{};
  Offset end_{};
  bool has_gap_ = false;
  int64_t log_time_before_ms_ = -1;
  int64_t log_time_ms_ = -1;
};

}  // namespace ledger::store
