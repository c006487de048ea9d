#include <algorithm>

#include <lz4.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/event/glance.h"
#include "schemas/store/kept_block_internal.h"

namespace ledger::store {

namespace {

// Measured in ops/decisions/0003-kept-log-blocks.md: larger ones save little and cost point reads.
constexpr size_t kBlockBytes = size_t{64} << 10;
// And in ops/decisions/0007-audio-events-apart.md.
constexpr size_t kGroupBytes = size_t{4} << 10;
// And in ops/decisions/0008-kept-log-lz4.md: how far the search steps; values are of 8-byte words.
constexpr int kAcceleration = 8;
static_assert(kBlockBytes / kShapeBytes <= UINT16_MAX, "a place has 16 bits");

void append_size(std::string& out, size_t size) { append_be32(out, static_cast<uint32_t>(size)); }

}  // namespace

void BlockEncoder::add(const KeptEvent& event, int64_t log_time_ms) {
  if (raw_bytes_ == 0) {
    first_ = event.offset;
    log_time_before_ms_ = log_time_ms_;
    has_gap_ = false;
  }
  has_gap_ |= event.gap_until.has_value();
  const bool apart = goes_apart(event);
  Part& part = apart ? open_group() : rest_;
  const size_t bytes_before = part.raw_bytes();
  const KeptShape shape = append_fields(event, part.fields);
  append_be64(part.shapes, static_cast<uint64_t>(shape.timestamp_ms));
  part.shapes.push_back(static_cast<char>(shape.flags));
  append_size(part.shapes, shape.key_bytes);
  append_size(part.shapes, shape.value_bytes);
  if (apart) {
    append_be64(part.shapes,
                static_cast<uint64_t>(log_time_ms) - static_cast<uint64_t>(event.timestamp_ms));
    append_be16(part.places, static_cast<uint16_t>(raw(event.offset) - raw(first_)));
  }
  raw_bytes_ += part.raw_bytes() - bytes_before;
  end_ = end_of(event);
  log_time_ms_ = log_time_ms;
}

// A place tells an offset only as long as there is no gap before it.
bool BlockEncoder::goes_apart(const KeptEvent& event) const {
  return !has_gap_ && event.value && event::is_about_audio(*event.value);
}

BlockEncoder::Part& BlockEncoder::open_group() {
  if (groups_.empty() || groups_.back().raw_bytes() >= kGroupBytes) groups_.emplace_back();
  return groups_.back();
}

bool BlockEncoder::full() const { return raw_bytes_ >= kBlockBytes; }

std::string_view BlockEncoder::finish() {
  size_t head_bytes = kBlockFixedBytes + kPartFixedBytes;
  for (const Part& group : groups_) head_bytes += kPartFixedBytes + group.places.size();
  std::string head;
  append_size(head, head_bytes);
  append_be64(head, static_cast<uint64_t>(raw(end_)));
  append_be64(head, static_cast<uint64_t>(log_time_before_ms_));
  append_be64(head, static_cast<uint64_t>(log_time_ms_));
  append_size(head, groups_.size());
  size_t bytes = head_bytes;
  for (Part& group : groups_) bytes += pack(group, bytes, head);
  bytes += pack(rest_, bytes, head);
  std::string sum;
  append_be64(sum, kept_checksum(first_, head));
  std::copy(sum.begin(), sum.end(), value_.begin());
  std::copy(head.begin(), head.end(), value_.begin() + 8);
  groups_.clear();
  raw_bytes_ = 0;
  return std::string_view(value_).substr(0, bytes);
}

// Compresses `part` into value_ at `frame_at`, appends what the head says of it, and empties it.
// Returns: the bytes of the frame.
size_t BlockEncoder::pack(Part& part, size_t frame_at, std::string& head) {
  const bool is_group = !part.places.empty();
  const size_t count = part.shapes.size() / (is_group ? kGroupShapeBytes : kShapeBytes);
  part.shapes.append(part.fields);
  const auto raw_bytes = static_cast<int>(part.shapes.size());
  const int bytes_max = LZ4_compressBound(raw_bytes);
  value_.resize(std::max(value_.size(), frame_at + static_cast<size_t>(bytes_max)));
  char* frame = value_.data() + frame_at;
  const auto bytes = static_cast<size_t>(
      LZ4_compress_fast(part.shapes.data(), frame, raw_bytes, bytes_max, kAcceleration));
  LEDGER_ASSERT(bytes > 0, "{} bytes", raw_bytes);
  append_be64(head, kept_checksum(first_, {frame, bytes}));
  append_size(head, bytes);
  append_size(head, part.shapes.size());
  append_size(head, count);
  head.append(part.places);
  part.places.clear();
  part.shapes.clear();
  part.fields.clear();
  return bytes;
}

}  // namespace ledger::store
