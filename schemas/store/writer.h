// Write side of one shard: one transaction per batch, digests kept on the way.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "schemas/store/image.h"
#include "schemas/store/layout.h"
#include "schemas/store/shard_state.h"

namespace ledger::store {

struct WriterOptions {
  bool sync = true;  // false only for a generation being built, which publish() makes durable
};

// Lifetime: values and keys that get() and seek() give live until the next write or the end of the
// batch.
class ShardWriter {
 public:
  // Opens or creates. Throws: Error{kIncompatible} when it is another shard; kUnavailable; kFull;
  // kIntegrity.
  ShardWriter(const std::filesystem::path& path, const ShardIdentity& identity,
              const WriterOptions& options = {});
  ~ShardWriter();
  ShardWriter(ShardWriter&&) noexcept;

  const ShardState& state() const;  // as of the last commit (digests too)

  void begin();
  // In the batch: reads see its writes.
  std::optional<std::string_view> get(View view, std::string_view key);
  // The first entry >= key. Returns: false at the end of the view.
  bool seek(View view, std::string_view key, std::string_view& found_key, std::string_view& value);
  // Throws, all three: Error{kIntegrity} when the key is there already / not there: the view is
  // damaged; rebuild is the remedy. Error{kFull} when map or disk is full.
  void insert(View view, std::string_view key, std::string_view value);
  void update(View view, std::string_view key, std::string_view value);
  void erase(View view, std::string_view key);
  // Stores `state` (its digests are replaced by the writer's own) and commits durably. On an Error
  // nothing of the batch is there or all of it: open anew and read the position. Throws:
  // Error{kFull, kUnavailable}.
  void commit(ShardState state);
  void abort();  // drops the batch
  void sync();   // for sync = false: makes everything so far durable

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::store
