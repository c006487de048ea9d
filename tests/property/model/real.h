// A log in real views: kept log, fold and apply into LMDB, published, for the query library to
// read.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/store/directory.h"
#include "schemas/store/shard_state.h"
#include "tests/property/model/value.h"

namespace ledger::model {

class RealLedger {
 public:
  // Makes empty views of every partition in `root` and publishes them.
  // Lifetime: `logs` outlives it, and does not change.
  RealLedger(std::filesystem::path root, const std::string& ledger_id,
             const std::vector<Log>& logs);
  ~RealLedger();

  // Appends to the kept log alone, up to position `limit`: a projector that died in mid-batch.
  void keep(int32_t partition, int64_t limit);
  // Keeps and folds up to position `limit`, at most `batch_max` events a transaction.
  void fold(int32_t partition, int64_t limit, int64_t batch_max);
  void fold_all(int64_t batch_max);
  // Makes a new generation from the kept log, as far as the live one is, and publishes it.
  void rebuild(int64_t batch_max);
  // Writes run.json, as a projector would that caught up then.
  void catch_up(std::optional<double> caught_up_ms) const;

  const std::filesystem::path& root() const { return directory_.root(); }
  int64_t position(int32_t partition) const;
  int64_t kept(int32_t partition) const;
  const store::ShardState& state(int32_t partition) const;

 private:
  struct Shard;
  const store::ViewDirectory directory_;
  const std::vector<Log>& logs_;
  store::Generation generation_{1};
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace ledger::model
