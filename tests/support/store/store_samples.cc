#include "tests/support/store/store_samples.h"

namespace ledger::store {

ShardIdentity sample_identity() {
  ShardIdentity identity;
  identity.log.ledger_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  identity.log.cluster_id = "cluster-1";
  identity.log.topic = "content-audio-events";
  identity.log.partition_count = 1;
  identity.fold_version = 1;
  identity.declarations = index::load_declarations();
  return identity;
}

std::map<std::string, Digest> scanned_digests(const ShardReader& shard) {
  std::map<std::string, Digest> digests;
  for (const ViewName& name : view_names(shard.identity().declarations)) {
    Digest& sum = digests[name.name];
    ViewCursor cursor = shard.cursor(name.view);
    for (bool found = cursor.first(); found; found = cursor.next()) {
      add(sum, entry_hash(name.name, cursor.key(), cursor.value()));
    }
  }
  return digests;
}

}  // namespace ledger::store
