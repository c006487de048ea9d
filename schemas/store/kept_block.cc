#include <algorithm>

#include <fmt/format.h>
#include <zstd.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/store/kept_block_internal.h"

namespace ledger::store {

namespace {

Error block_damage(const std::filesystem::path& path, std::string_view place,
                   std::string_view what) {
  return kept_damage(path, fmt::format("the block at {} {}", place, what));
}

int64_t read_int64(std::string_view bytes, size_t at) {
  return static_cast<int64_t>(read_be64(bytes.substr(at)));
}

KeptShape read_head(std::string_view head) {
  return {read_int64(head, 0), static_cast<uint8_t>(head[8]), read_be32(head.substr(9)),
          read_be32(head.substr(13))};
}

// Returns: whether the records in `block.bytes` are what `packed` says.
bool take_events(const PackedBlock& packed, Block& block) {
  const size_t heads_bytes = packed.count * kHeadBytes;
  std::string_view heads = std::string_view(block.bytes).substr(0, heads_bytes);
  std::string_view rest = std::string_view(block.bytes).substr(heads_bytes);
  Offset at = packed.first;
  int64_t log_time_ms = packed.log_time_before_ms;
  for (; !heads.empty(); heads.remove_prefix(kHeadBytes)) {
    const KeptShape shape = read_head(heads);
    const size_t bytes = shape.key_bytes + shape.value_bytes;
    if (bytes > rest.size()) return false;
    KeptEvent& event = block.events.emplace_back();
    event.offset = at;
    if (!take_fields(shape, rest.substr(0, bytes), event)) return false;
    if (!event.gap_until) log_time_ms = std::max(log_time_ms, event.timestamp_ms);
    event.log_time_ms = log_time_ms;
    at = end_of(event);
    rest.remove_prefix(bytes);
  }
  return rest.empty() && at == packed.end && log_time_ms == packed.log_time_ms;
}

}  // namespace

PackedBlock open_block(std::string_view key, std::string_view value,
                       const std::filesystem::path& path) {
  if (key.size() != 8 || value.size() < kBlockPreambleBytes) {
    throw block_damage(path, place_of(key), "is cut short");
  }
  PackedBlock block;
  block.first = Offset{read_int64(key, 0)};
  if (kept_checksum(block.first, value.substr(8)) != read_be64(value)) {
    throw block_damage(path, place_of(key), "has another checksum");
  }
  block.end = Offset{read_int64(value, 8)};
  block.log_time_before_ms = read_int64(value, 16);
  block.log_time_ms = read_int64(value, 24);
  block.count = read_be32(value.substr(32));
  block.raw_bytes = read_be32(value.substr(36));
  block.frame = value.substr(kBlockPreambleBytes);
  if (block.count <= block.raw_bytes / kHeadBytes) return block;
  throw block_damage(path, place_of(key), "has too few bytes for its records");
}

void BlockDecoder::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

BlockDecoder::BlockDecoder() = default;
BlockDecoder::~BlockDecoder() = default;

void BlockDecoder::decode(const PackedBlock& packed, Block& block,
                          const std::filesystem::path& path) {
  if (!context_) context_.reset(ZSTD_createDCtx());
  LEDGER_ASSERT(context_ != nullptr, "{}", "no memory");
  block.events.clear();
  block.events.reserve(packed.count);
  block.bytes.resize(packed.raw_bytes);
  const size_t bytes = ZSTD_decompressDCtx(context_.get(), block.bytes.data(), block.bytes.size(),
                                           packed.frame.data(), packed.frame.size());
  if (bytes == packed.raw_bytes && take_events(packed, block)) return;
  throw block_damage(path, std::to_string(raw(packed.first)), "is not what its head says");
}

}  // namespace ledger::store
