#include "tests/property/model/image.h"

#include <fmt/format.h>

#include "schemas/store/directory.h"
#include "schemas/store/reader.h"

namespace ledger::model {

ShardImage read_shard(const std::filesystem::path& root, int32_t partition) {
  const store::ViewDirectory directory(root);
  const store::ShardReader shard(
      directory.shard(directory.current().value(), Partition{partition}));
  ShardImage image{shard.state(), {}};
  for (const store::ViewName& name : store::view_names(shard.identity().declarations)) {
    Entries& entries = image.views[name.name];
    store::ViewCursor cursor = shard.cursor(name.view);
    for (cursor.first(); cursor.valid(); cursor.next()) {
      entries.emplace_back(cursor.key(), cursor.value());
    }
  }
  return image;
}

KeptImage read_kept_log(const std::filesystem::path& root, int32_t partition) {
  const store::KeptLogReader log(store::ViewDirectory(root).log(Partition{partition}));
  KeptImage image{{}, log.chain_head()};
  log.scan(Offset{0}, log.end(), [&image](const store::KeptEvent& event) {
    image.records.push_back(fmt::format("{} {} {} {} {}", raw(event.offset), event.timestamp_ms,
                                        event.log_time_ms, event.key.value_or("null"),
                                        event.value.value_or("null")));
    return true;
  });
  return image;
}

std::map<std::string, store::Digest> digests_of(const ShardImage& image) {
  std::map<std::string, store::Digest> digests;
  for (const auto& [name, entries] : image.views) {
    store::Digest& sum = digests[name];
    for (const auto& [key, value] : entries) store::add(sum, store::entry_hash(name, key, value));
  }
  return digests;
}

std::string differences(const ShardImage& a, const ShardImage& b) {
  std::string out;
  if (a.state.position != b.state.position) out += " position";
  if (a.state.log_time_max_ms != b.state.log_time_max_ms) out += " log time";
  if (a.state.counters != b.state.counters) out += " counters";
  if (a.state.digests != b.state.digests) out += " digests";
  for (const auto& [name, entries] : a.views) {
    const auto other = b.views.find(name);
    if (other == b.views.end() || other->second != entries) out += " " + name;
  }
  return out;
}

}  // namespace ledger::model
