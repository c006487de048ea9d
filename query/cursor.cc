#include "query/cursor.h"

#include <bit>

#include <fmt/format.h>

#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/store/shard_state.h"

namespace ledger::query {

namespace {

constexpr char kVersion = 1;
constexpr size_t kHeadBytes = 1 + 8 + 8 + 4 + 2;
constexpr size_t kPositionBytes = 4 + 8;
constexpr size_t kCheckBytes = 4;

std::string check_of(std::string_view bytes) {
  const store::Digest hash = store::entry_hash("cursor", {}, bytes);
  return {reinterpret_cast<const char*>(hash.data()), kCheckBytes};
}

bool decode(std::string_view bytes, Cursor& cursor) {
  if (bytes.size() < kHeadBytes + kCheckBytes || bytes.front() != kVersion) return false;
  const std::string_view body = bytes.substr(0, bytes.size() - kCheckBytes);
  if (check_of(body) != bytes.substr(body.size())) return false;
  cursor.fingerprint = read_be64(body.substr(1));
  cursor.now_ms = std::bit_cast<double>(read_be64(body.substr(9)));
  cursor.partition = Partition{static_cast<int32_t>(read_be32(body.substr(17)))};
  const size_t count = read_be16(body.substr(21));
  if (body.size() < kHeadBytes + count * kPositionBytes) return false;
  std::string_view rest = body.substr(kHeadBytes);
  for (size_t i = 0; i < count; ++i, rest.remove_prefix(kPositionBytes)) {
    cursor.at[Partition{static_cast<int32_t>(read_be32(rest))}] =
        Offset{static_cast<int64_t>(read_be64(rest.substr(4)))};
  }
  cursor.key = rest;
  return true;
}

}  // namespace

std::string to_text(const Cursor& cursor) {
  std::string bytes(1, kVersion);
  append_be64(bytes, cursor.fingerprint);
  append_be64(bytes, std::bit_cast<uint64_t>(cursor.now_ms));
  append_be32(bytes, static_cast<uint32_t>(raw(cursor.partition)));
  append_be16(bytes, static_cast<uint16_t>(cursor.at.size()));
  for (const auto& [partition, offset] : cursor.at) {
    append_be32(bytes, static_cast<uint32_t>(raw(partition)));
    append_be64(bytes, static_cast<uint64_t>(raw(offset)));
  }
  bytes += cursor.key;
  bytes += check_of(bytes);
  return to_base64url(bytes);
}

Cursor parse_cursor(std::string_view text) {
  Cursor cursor;
  std::string bytes;
  if (!parse_base64url(text, bytes) || !decode(bytes, cursor)) {
    throw Error(Fault::kUsage,
                fmt::format("cursor: '{}' is none; give the text after `next` of the "
                            "page before, whole",
                            text));
  }
  return cursor;
}

void check_cursor(const Cursor& cursor, uint64_t fingerprint) {
  if (cursor.fingerprint == fingerprint) return;
  throw Error(Fault::kUsage,
              "cursor: it is of another query, order or ledger; repeat the query of the page "
              "before (only --limit, --select, -o and --live may differ)");
}

uint64_t fingerprint_of(const Uuid& ledger_id, std::string_view query) {
  const std::string ledger(reinterpret_cast<const char*>(ledger_id.data()), ledger_id.size());
  const store::Digest hash = store::entry_hash("query", ledger, query);
  return read_be64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace ledger::query
