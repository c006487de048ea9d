// A ledger that is a pure function of its length: what each event is, and what it does to the
// views. So a shard that was killed can be compared with one that never was.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schemas/store/kept_log.h"
#include "schemas/store/writer.h"

namespace ledger::store {

inline constexpr size_t kToyBatchMax = 30;

// Where the batch that starts at `start` ends.
Offset toy_batch_end(Offset start);

// Event n with its bytes.
class ToyEvent {
 public:
  explicit ToyEvent(Offset offset);
  KeptEvent kept() const;  // Lifetime: of this object

 private:
  Offset offset_;
  std::string key_;
  std::string value_;
};
std::vector<ToyEvent> toy_events(Offset first, Offset limit);
std::vector<KeptEvent> kept(const std::vector<ToyEvent>& events);

// What event n does to the views: inserts, rewrites, and moves of keys all over an index.
// `Views` has get, insert, update and erase, as ShardWriter.
template <typename Views>
void toy_fold(Offset offset, Views& views);

// The views as maps.
class ToyTwin {
 public:
  using View = store::View;
  std::optional<std::string_view> get(View view, std::string_view key);
  void insert(View view, std::string_view key, std::string_view value);
  void update(View view, std::string_view key, std::string_view value);
  void erase(View view, std::string_view key);
  std::map<std::string, Digest> digests(const index::Declarations& declarations) const;

 private:
  std::map<View, std::map<std::string, std::string>> views_;
};

// Folds and commits what the kept log has beyond the shard's position.
void toy_catch_up(const KeptLogWriter& log, ShardWriter& shard);
// Appends the next batch to the kept log, then commits it to the shard.
void toy_batch(KeptLogWriter& log, ShardWriter& shard);

}  // namespace ledger::store
