#include <algorithm>

#include <zstd.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/store/kept_block_internal.h"

namespace ledger::store {

namespace {

// Measured in ops/decisions/0003-kept-log-blocks.md: larger ones save little and cost point reads.
constexpr size_t kBlockBytes = size_t{64} << 10;
constexpr int kCompressionLevel = 1;

}  // namespace

void BlockEncoder::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

BlockEncoder::BlockEncoder() : context_(ZSTD_createCCtx()) {
  LEDGER_ASSERT(context_ != nullptr, "{}", "no memory");
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kCompressionLevel);
}
BlockEncoder::~BlockEncoder() = default;

void BlockEncoder::add(const KeptEvent& event, int64_t log_time_ms) {
  if (heads_.empty()) {
    first_ = event.offset;
    log_time_before_ms_ = log_time_ms_;
  }
  const KeptShape shape = append_fields(event, fields_);
  append_be64(heads_, static_cast<uint64_t>(shape.timestamp_ms));
  heads_.push_back(static_cast<char>(shape.flags));
  append_be32(heads_, static_cast<uint32_t>(shape.key_bytes));
  append_be32(heads_, static_cast<uint32_t>(shape.value_bytes));
  end_ = end_of(event);
  log_time_ms_ = log_time_ms;
}

bool BlockEncoder::full() const { return heads_.size() + fields_.size() >= kBlockBytes; }

std::string_view BlockEncoder::finish() {
  const size_t count = heads_.size() / kHeadBytes;
  heads_.append(fields_);
  std::string rest;
  append_be64(rest, static_cast<uint64_t>(raw(end_)));
  append_be64(rest, static_cast<uint64_t>(log_time_before_ms_));
  append_be64(rest, static_cast<uint64_t>(log_time_ms_));
  append_be32(rest, static_cast<uint32_t>(count));
  append_be32(rest, static_cast<uint32_t>(heads_.size()));
  value_.resize(kBlockPreambleBytes + ZSTD_compressBound(heads_.size()));
  std::copy(rest.begin(), rest.end(), value_.begin() + 8);
  const size_t bytes =
      ZSTD_compress2(context_.get(), value_.data() + kBlockPreambleBytes,
                     value_.size() - kBlockPreambleBytes, heads_.data(), heads_.size());
  LEDGER_ASSERT(!ZSTD_isError(bytes), "{}", ZSTD_getErrorName(bytes));
  value_.resize(kBlockPreambleBytes + bytes);
  std::string sum;
  append_be64(sum, kept_checksum(first_, std::string_view(value_).substr(8)));
  std::copy(sum.begin(), sum.end(), value_.begin());
  heads_.clear();
  fields_.clear();
  return value_;
}

}  // namespace ledger::store
