// The shard's own copy of the log, append-only, in an LMDB environment of its own: full blocks of
// events, compressed, and a tail of the events behind them. Callers see append, read and scan only.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "schemas/base/ids.h"
#include "schemas/store/shard_state.h"

namespace ledger::store {

using ChainHash = std::array<uint8_t, 32>;

// An event as it stood on the topic. nullopt = Kafka null. Lifetime: as the call that gave it says.
struct KeptEvent {
  Offset offset{};
  int64_t timestamp_ms = 0;  // as Kafka gave it
  int64_t log_time_ms =
      0;  // running maximum over the partition up to here; set by the log, ignored by append
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::optional<Offset> gap_until;      // an accepted gap [offset, gap_until) instead of an event
  std::shared_ptr<const void> block{};  // keeps key and value alive; empty: they lie elsewhere
};

// H(n) = SHA-256(H(n-1) | be64 offset | be64 timestamp | L(key) | L(value)); contract section 8.
ChainHash chain_next(const ChainHash& previous, const KeptEvent& event);

// Is there one at `path`? A first start that died may leave a folder, or a file without its
// databases.
bool has_kept_log(const std::filesystem::path& path);

// Reads one partition's kept log. One snapshot per object; renew() takes a new one.
class KeptLogReader {
 public:
  // `no_lock`: a sealed copy, opened without lock.mdb. Throws: Error{kUnavailable} when there is
  // none at `path`; kIncompatible when its format is another.
  explicit KeptLogReader(const std::filesystem::path& path, bool no_lock = false);
  ~KeptLogReader();
  KeptLogReader(KeptLogReader&&) noexcept;

  void renew();
  void release();  // drops the snapshot; only renew() and identity() may follow
  const LogIdentity& identity() const;
  Offset end() const;            // the next offset to append
  ChainHash chain_head() const;  // over [0, end)
  // Returns: nullopt outside [0, end) or inside an accepted gap (its first offset gives the gap).
  // Lifetime: of an event of a block, with the KeptEvent; of the tail, until renew(), the end of
  // the object or, of a writer, the next append. Throws: Error{kIntegrity} when a checksum is
  // wrong. Cost: decompresses a block (some 15 us) unless it is among the last ones read.
  std::optional<KeptEvent> read(Offset offset) const;
  // The record that has `offset`: the event there, or the accepted gap that it lies in, which is
  // kept at the gap's first offset. Returns: nullopt outside [0, end). Else as read().
  std::optional<KeptEvent> read_around(Offset offset) const;
  // Calls `visit` for [from, limit) in order until it returns false. Lifetime: of the event, until
  // `visit` returns. Throws: Error{kIntegrity}, also when one that belongs there is missing.
  void scan(Offset from, Offset limit, const std::function<bool(const KeptEvent&)>& visit) const;
  // The first offset in [0, end) whose log time is >= `time_ms`; end() when there is none.
  // Cost: O(log n) heads of blocks, then one block.
  Offset first_at_or_after(double time_ms) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class KeptLogWriter {
 public:
  // Opens or creates. Throws: Error{kIncompatible} when it belongs to another log; kUnavailable;
  // kFull.
  KeptLogWriter(const std::filesystem::path& path, const LogIdentity& identity);
  ~KeptLogWriter();
  KeptLogWriter(KeptLogWriter&&) noexcept;

  Offset end() const;
  ChainHash chain_head() const;
  std::optional<KeptEvent> read(Offset offset) const;
  void scan(Offset from, Offset limit, const std::function<bool(const KeptEvent&)>& visit) const;
  // Appends contiguous events (asserted: offset == end()) in one durable transaction: full blocks
  // at once, the others to the tail. On an Error nothing of the batch is kept and the object must
  // be opened anew. Throws: Error{kFull} when the disk is full.
  void append(std::span<const KeptEvent> events);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::store
