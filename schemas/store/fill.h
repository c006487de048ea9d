// Fills a new shard view by view in key order: how the bulk path writes.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "schemas/store/layout.h"
#include "schemas/store/shard_state.h"

namespace ledger::store {

// Nothing is durable: whoever wants it syncs the file when it is filled. That takes little then,
// for the kernel is told to write along the way.
class ShardFill {
 public:
  // Precondition: nothing is at `path`. Throws: Error{kUnavailable, kFull}.
  ShardFill(const std::filesystem::path& path, const ShardIdentity& identity);
  ~ShardFill();
  ShardFill(const ShardFill&) = delete;
  ShardFill& operator=(const ShardFill&) = delete;

  // Called now and then while entries come; may throw.
  void set_pulse(std::function<void()> pulse);
  uint64_t entries() const;  // written so far
  // Goes on with the next view; each is begun once, in any order. `digest`: of the entries that
  // copy() takes over and drop() leaves out.
  void begin(View view, const Digest& digest);
  // Keys ascend (asserted), over both. Throws: Error{kFull}.
  void append(std::string_view key, std::string_view value);
  void copy(std::string_view key, std::string_view value);
  void drop(std::string_view key, std::string_view value);
  // Stores `state` with the digests of all views. Returns: it with them.
  ShardState finish(ShardState state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::store
