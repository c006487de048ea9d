// A whole shard in maps, and what the layout says it held at a position.
#pragma once

#include <map>
#include <string>

#include "schemas/index/key.h"
#include "schemas/store/image.h"
#include "schemas/store/writer.h"

namespace ledger::testing {

using Entries = std::map<std::string, std::string, std::less<>>;
using ShardImage = std::map<store::View, Entries>;
template <typename Record>
using RowsByRid = std::map<store::Rid, Record>;

// Every key and value of every view, in a batch of its own that is dropped.
ShardImage read_shard(store::ShardWriter& writer, const index::Declarations& declarations);

// Sums of XXH3 over all entries, computed from nothing. By name of the view.
std::map<std::string, store::Digest> digests_of(const ShardImage& image,
                                                const index::Declarations& declarations);

// The rows that lived at position n (events [0, n) folded), from rows and versions.
template <typename Record>
RowsByRid<Record> rows_at(const ShardImage& image, Offset position);

// The entries of an index at position n: key -> rid. From the live index and `past`, or from the
// live index and `left_at`.
enum class Closed { kPast, kLeftAt };
std::map<std::string, store::Rid> index_at(const ShardImage& image, index::IndexId index,
                                           Offset position, Closed closed);

// The same from the rows.
template <typename Record>
std::map<std::string, store::Rid> index_of(const RowsByRid<Record>& rows,
                                           const index::IndexSpec& spec) {
  std::map<std::string, store::Rid> keys;
  const index::KeyBuilder<Record> builder(spec);
  for (const auto& [rid, row] : rows) {
    std::string key;
    builder.build(row, key);
    keys.emplace(key, rid);
  }
  return keys;
}

}  // namespace ledger::testing
