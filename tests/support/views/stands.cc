#include "tests/support/views/stands.h"

#include "schemas/base/error.h"
#include "schemas/store/directory.h"
#include "schemas/store/reader.h"

namespace ledger::test {

std::map<Partition, Stand> stands(const std::filesystem::path& views) {
  const store::ViewDirectory directory(views);
  std::map<Partition, Stand> found;
  const auto current = directory.current();
  if (!current) return found;
  for (const Partition partition : directory.partitions(*current)) {
    const store::ShardState state =
        store::ShardReader(directory.shard(*current, partition)).state();
    const store::KeptLogReader log(directory.log(partition));
    if (state.position > log.end()) {
      throw Error(Fault::kIntegrity, directory.log(partition).string() + " is behind its views");
    }
    found[partition] = {state, log.chain_head()};
  }
  return found;
}

}  // namespace ledger::test
