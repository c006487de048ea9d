// Whole shards as they lie in LMDB, for comparing key by key.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "schemas/store/kept_log.h"
#include "schemas/store/shard_state.h"

namespace ledger::model {

using Entries = std::vector<std::pair<std::string, std::string>>;  // in LMDB's order

struct ShardImage {
  store::ShardState state;
  std::map<std::string, Entries> views;  // by name
  bool operator==(const ShardImage&) const = default;
};

struct KeptImage {
  std::vector<std::string> records;
  store::ChainHash chain{};
  bool operator==(const KeptImage&) const = default;
};

// Of the live generation in the view directory `root`.
ShardImage read_shard(const std::filesystem::path& root, int32_t partition);
KeptImage read_kept_log(const std::filesystem::path& root, int32_t partition);

// The sums over all entries, from nothing: what the state's digests have to be after a commit.
std::map<std::string, store::Digest> digests_of(const ShardImage& image);

// The names of what differs; empty: nothing does.
std::string differences(const ShardImage& a, const ShardImage& b);

}  // namespace ledger::model
