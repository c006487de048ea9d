#include <algorithm>

#include <fmt/format.h>
#include <lz4.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/store/kept_block_internal.h"

namespace ledger::store {

namespace {

// What LZ4 makes of a frame is less: a byte stands for 255 at most.
constexpr size_t kRawPerFrameMax = 255;
constexpr size_t kRawMoreMax = 64;

Error block_damage(const std::filesystem::path& path, std::string_view place,
                   std::string_view what) {
  return kept_damage(path, fmt::format("the block at {} {}", place, what));
}

Error frame_damage(const PackedBlock& packed, const std::filesystem::path& path) {
  return block_damage(path, std::to_string(raw(packed.first)), "has a frame with another checksum");
}

Error not_as_said(const PackedBlock& packed, const std::filesystem::path& path) {
  return block_damage(path, std::to_string(raw(packed.first)), "is not what its head says");
}

int64_t read_int64(std::string_view bytes, size_t at) {
  return static_cast<int64_t>(read_be64(bytes.substr(at)));
}

size_t shape_bytes(bool is_group) { return is_group ? kGroupShapeBytes : kShapeBytes; }

bool is_intact(const PackedBlock& packed, const PackedPart& part) {
  return kept_checksum(packed.first, part.frame) == part.checksum;
}

// Into `part.raw_bytes` bytes at `out`. Returns: false when the frame has not as many.
bool unpack(const PackedPart& part, char* out) {
  const int bytes = LZ4_decompress_safe(part.frame.data(), out, static_cast<int>(part.frame.size()),
                                        static_cast<int>(part.raw_bytes));
  return bytes >= 0 && static_cast<size_t>(bytes) == part.raw_bytes;
}

// Takes a part from `head` and its frame from `frames`. Returns: nullopt when they end before it.
std::optional<PackedPart> take_part(bool is_group, std::string_view& head,
                                    std::string_view& frames) {
  if (head.size() < kPartFixedBytes) return std::nullopt;
  PackedPart part;
  part.checksum = read_be64(head);
  const size_t bytes = read_be32(head.substr(8));
  part.raw_bytes = read_be32(head.substr(12));
  part.count = read_be32(head.substr(16));
  part.is_group = is_group;
  head.remove_prefix(kPartFixedBytes);
  const size_t places_bytes = is_group ? part.count * kPlaceBytes : 0;
  if (places_bytes > head.size() || bytes > frames.size()) return std::nullopt;
  if (part.count > part.raw_bytes / shape_bytes(is_group)) return std::nullopt;
  if (part.raw_bytes > kRawPerFrameMax * bytes + kRawMoreMax) return std::nullopt;
  part.places = head.substr(0, places_bytes);
  part.frame = frames.substr(0, bytes);
  head.remove_prefix(places_bytes);
  frames.remove_prefix(bytes);
  return part;
}

// Returns: whether `head` and `frames` hold the parts and nothing else.
bool take_parts(std::string_view head, std::string_view frames, PackedBlock& block) {
  const size_t groups = read_be32(head);
  head.remove_prefix(4);
  if (groups > head.size() / kPartFixedBytes) return false;
  block.parts.reserve(groups + 1);
  for (size_t i = 0; i <= groups; ++i) {
    const auto part = take_part(i < groups, head, frames);
    if (!part) return false;
    block.parts.push_back(*part);
  }
  return head.empty() && frames.empty();
}

Offset offset_at(const PackedBlock& packed, std::string_view places) {
  return Offset{raw(packed.first) + read_be16(places)};
}

// Cuts the raw bytes of a part into records.
class RawRecords {
 public:
  RawRecords(const PackedPart& part, std::string_view raw)
      : shape_bytes_(shape_bytes(part.is_group)),
        shapes_(raw.substr(0, part.count * shape_bytes_)),
        fields_(raw.substr(part.count * shape_bytes_)) {}

  bool done() const { return shapes_.empty() && fields_.empty(); }
  // Sets what a record has beside its offset; of the rest, the log time is left out too.
  // Returns: false when there is none.
  bool take(KeptEvent& event) {
    if (shapes_.empty()) return false;
    const KeptShape shape{read_int64(shapes_, 0), static_cast<uint8_t>(shapes_[8]),
                          read_be32(shapes_.substr(9)), read_be32(shapes_.substr(13))};
    const size_t bytes = shape.key_bytes + shape.value_bytes;
    if (bytes > fields_.size() || !take_fields(shape, fields_.substr(0, bytes), event)) {
      return false;
    }
    if (shape_bytes_ == kGroupShapeBytes) {
      event.log_time_ms = static_cast<int64_t>(static_cast<uint64_t>(event.timestamp_ms) +
                                               read_be64(shapes_.substr(kShapeBytes)));
    }
    shapes_.remove_prefix(shape_bytes_);
    fields_.remove_prefix(bytes);
    return true;
  }

 private:
  size_t shape_bytes_;
  std::string_view shapes_;
  std::string_view fields_;
};

// Appends the records of a group. Returns: whether they are what its head says.
bool take_group(const PackedBlock& packed, const PackedPart& group, std::string_view raw_bytes,
                std::vector<KeptEvent>& events) {
  RawRecords records(group, raw_bytes);
  for (std::string_view places = group.places; !places.empty(); places.remove_prefix(kPlaceBytes)) {
    KeptEvent& event = events.emplace_back();
    event.offset = offset_at(packed, places);
    if (!records.take(event)) return false;
  }
  return records.done();
}

// Puts those set apart between the rest. Returns: whether all are what the head says.
bool merge(const PackedBlock& packed, const std::vector<KeptEvent>& apart, RawRecords rest,
           std::vector<KeptEvent>& events) {
  Offset at = packed.first;
  int64_t log_time_ms = packed.log_time_before_ms;
  auto next_apart = apart.begin();
  while (next_apart != apart.end() || !rest.done()) {
    const bool is_apart = next_apart != apart.end() && next_apart->offset == at;
    KeptEvent& event = is_apart ? events.emplace_back(*next_apart++) : events.emplace_back();
    event.offset = at;
    if (!is_apart && !rest.take(event)) return false;
    if (!event.gap_until) log_time_ms = std::max(log_time_ms, event.timestamp_ms);
    if (is_apart && event.log_time_ms != log_time_ms) return false;
    event.log_time_ms = log_time_ms;
    at = end_of(event);
  }
  return at == packed.end && log_time_ms == packed.log_time_ms;
}

}  // namespace

PackedBlock open_block(std::string_view key, std::string_view value,
                       const std::filesystem::path& path) {
  const bool has_fixed = key.size() == 8 && value.size() >= kBlockFixedBytes;
  const size_t head_bytes = has_fixed ? read_be32(value.substr(8)) : 0;
  if (head_bytes < kBlockFixedBytes || head_bytes > value.size()) {
    throw block_damage(path, place_of(key), "is cut short");
  }
  PackedBlock block;
  block.first = Offset{read_int64(key, 0)};
  if (kept_checksum(block.first, value.substr(8, head_bytes - 8)) != read_be64(value)) {
    throw block_damage(path, place_of(key), "has another checksum");
  }
  block.end = Offset{read_int64(value, 12)};
  block.log_time_before_ms = read_int64(value, 20);
  block.log_time_ms = read_int64(value, 28);
  const std::string_view parts = value.substr(36, head_bytes - 36);
  if (!take_parts(parts, value.substr(head_bytes), block)) throw not_as_said(block, path);
  return block;
}

void check_frames(const PackedBlock& packed, const std::filesystem::path& path) {
  for (const PackedPart& part : packed.parts) {
    if (!is_intact(packed, part)) throw frame_damage(packed, path);
  }
}

const PackedPart* group_with(const PackedBlock& packed, Offset offset) {
  for (const PackedPart& part : packed.parts) {
    for (std::string_view places = part.places; !places.empty();
         places.remove_prefix(kPlaceBytes)) {
      if (offset_at(packed, places) == offset) return &part;
    }
  }
  return nullptr;
}

void BlockDecoder::decode(const PackedBlock& packed, Block& block,
                          const std::filesystem::path& path) {
  check_frames(packed, path);
  size_t count = 0;
  size_t bytes = 0;
  for (const PackedPart& part : packed.parts) {
    count += part.count;
    bytes += part.raw_bytes;
  }
  block.bytes.resize(bytes);
  block.events.clear();
  block.events.reserve(count);
  apart_.clear();
  char* out = block.bytes.data();
  for (const PackedPart& part : packed.parts) {
    if (!unpack(part, out)) break;
    const std::string_view raw_bytes(out, part.raw_bytes);
    if (!part.is_group && merge(packed, apart_, RawRecords(part, raw_bytes), block.events)) return;
    if (!part.is_group || !take_group(packed, part, raw_bytes, apart_)) break;
    out += part.raw_bytes;
  }
  throw not_as_said(packed, path);
}

void BlockDecoder::decode_group(const PackedBlock& packed, const PackedPart& group, Block& block,
                                const std::filesystem::path& path) {
  if (!is_intact(packed, group)) throw frame_damage(packed, path);
  block.bytes.resize(group.raw_bytes);
  block.events.clear();
  block.events.reserve(group.count);
  if (unpack(group, block.bytes.data()) && take_group(packed, group, block.bytes, block.events)) {
    return;
  }
  throw not_as_said(packed, path);
}

}  // namespace ledger::store
