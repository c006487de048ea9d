#include "tests/support/apply/shard_image.h"

#include <set>

namespace ledger::testing {

namespace {

const Entries& entries(const ShardImage& image, store::View view) { return image.at(view); }

// The image that was valid at `position` among the closed ones of one rid; nullptr = none.
const std::string* version_at(const Entries& versions, store::Rid rid, Offset position) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : versions) {
    const store::VersionKey version = store::decode_version_key(key);
    if (version.rid == rid && version.from < position) found = &value;
  }
  return found;
}

// The rids of this table, live and ended: every row enters by_id.
std::set<store::Rid> rids_of(const ShardImage& image, record::Table table) {
  std::set<store::Rid> rids;
  const index::IndexId by_id = index::by_id_of(table);
  for (const auto& [key, value] : entries(image, store::view_of(by_id))) {
    rids.insert(store::decode_entry(key, value).rid);
  }
  for (const auto& [key, value] : entries(image, store::View::kPast)) {
    const store::PastKey past = store::decode_past_key(key);
    if (past.index == by_id) rids.insert(store::decode_entry(past.key, value).rid);
  }
  return rids;
}

}  // namespace

ShardImage read_shard(store::ShardWriter& writer, const index::Declarations& declarations) {
  ShardImage image;
  writer.begin();
  for (const store::ViewName& name : store::view_names(declarations)) {
    Entries& view = image[name.view];
    std::string from;
    std::string_view key;
    std::string_view value;
    while (writer.seek(name.view, from, key, value)) {
      view.emplace(key, value);
      from = std::string(key) + '\0';
    }
  }
  writer.abort();
  return image;
}

std::map<std::string, store::Digest> digests_of(const ShardImage& image,
                                                const index::Declarations& declarations) {
  std::map<std::string, store::Digest> digests;
  for (const store::ViewName& name : store::view_names(declarations)) {
    store::Digest& sum = digests[name.name];
    for (const auto& [key, value] : entries(image, name.view)) {
      store::add(sum, store::entry_hash(name.name, key, value));
    }
  }
  return digests;
}

template <typename Record>
RowsByRid<Record> rows_at(const ShardImage& image, Offset position) {
  RowsByRid<Record> rows;
  const record::Table table = record::table_of<Record>();
  const Entries& live = entries(image, store::rows_of(table));
  for (const store::Rid rid : rids_of(image, table)) {
    const auto row = live.find(store::rid_key(rid));
    if (row != live.end()) {
      const auto stored = store::decode_row<Record>(rid, row->second);
      if (stored.from < position) {
        rows.emplace(rid, stored.row);
        continue;
      }
    }
    const std::string* version = version_at(entries(image, store::View::kVersions), rid, position);
    if (version == nullptr || version->empty()) continue;
    store::decode_image(*version, rid, rows[rid]);
  }
  return rows;
}

template RowsByRid<record::ContentAudio> rows_at(const ShardImage&, Offset);
template RowsByRid<record::UserContentAudio> rows_at(const ShardImage&, Offset);

std::map<std::string, store::Rid> index_at(const ShardImage& image, index::IndexId index,
                                           Offset position, Closed closed) {
  std::map<std::string, store::Rid> keys;
  const auto add = [&](std::string_view key, std::string_view value, bool open, Offset left) {
    const store::Entry entry = store::decode_entry(key, value);
    if (entry.entered < position && (open || position <= left)) {
      keys.emplace(std::string(key), entry.rid);
    }
  };
  for (const auto& [key, value] : entries(image, store::view_of(index))) {
    add(key, value, true, {});
  }
  if (closed == Closed::kPast) {
    for (const auto& [key, value] : entries(image, store::View::kPast)) {
      const store::PastKey past = store::decode_past_key(key);
      if (past.index == index) add(past.key, value, false, past.left);
    }
  } else {
    for (const auto& [key, value] : entries(image, store::View::kLeftAt)) {
      const store::LeftAtKey left = store::decode_left_at_key(key);
      if (left.index == index) add(left.key, value, false, left.left);
    }
  }
  return keys;
}

}  // namespace ledger::testing
