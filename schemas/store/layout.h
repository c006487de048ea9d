// What lies where in a view directory: names, key layouts and value layouts. Pure; the reader and
// the writer both stand on it. LAYOUT.md beside it is the normative text.
//
//   DIR/log/P/                kept log of partition P (kept_log.h)
//   DIR/gen-N/P/              views of partition P, generation N: one LMDB environment
//   DIR/current               symlink to the live gen-N
//   DIR/writer.lock           who applies to the live generation
//   DIR/build.lock            a rebuild
//   DIR/run.json              state of the running projector, not a view
//
// One LMDB database ("DBI") per view, all keys big-endian, plain B+trees, order = memcmp. left and
// offset are be64, index is be16, rid and age (from - rid) ordered varints:
//
//     meta                      text -> identity, shard state (no view, not in digests)
//     event_ids                 eventId 16 -> offset
//     content_hashes            enc(contentId) enc(contentType) -> hash of the last contentChanged
//     contentAudios.rows        rid -> age, image (image.h)
//     userContentAudios.rows    rid -> age, image
//     contentAudios.<index>     index key -> entry: rid and entered, empty if the key tells
//     userContentAudios.<index> index key -> entry: rid and entered, empty if the key tells
//     versions                  rid, age -> image; empty = deleted by the event at `from`
//     past                      index, key, left -> entry
//     left_at                   left, index, key -> entry
//     outcomes                  offset -> outcome (outcome.h)
//     record_outcomes           table 1, enc(_id), offset -> nothing: a not-applied event named it
//
// A row lives from its rid (the offset of the event that inserted it, unique over both tables of a
// shard). `from` is the offset of the event that made this image, so an image is valid at positions
// n with from < n. An index entry is valid at positions n with entered < n <= left; a live one has
// not left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/ids.h"
#include "schemas/index/spec.h"

namespace ledger::store {

inline constexpr uint32_t kFormatVersion = 3;

enum class Rid : int64_t {};
constexpr int64_t raw(Rid rid) { return static_cast<int64_t>(rid); }

// A view: one of the fixed ones below, or an index (view_of). The number is internal, the name is
// on disk.
enum class View : uint16_t {
  kEventIds = 2001,
  kContentHashes,
  kContentAudioRows,
  kUserContentAudioRows,
  kVersions,
  kPast,
  kLeftAt,
  kOutcomes,
  kRecordOutcomes,
};
constexpr View view_of(index::IndexId id) { return static_cast<View>(id); }
constexpr View rows_of(record::Table table) {
  return table == record::Table::kContentAudios ? View::kContentAudioRows
                                                : View::kUserContentAudioRows;
}

// A view with its name on disk, which the digests use too.
struct ViewName {
  View view{};
  std::string name;
};

// Every view of a generation with these declarations, in order of name.
std::vector<ViewName> view_names(const index::Declarations& declarations);

// Where an index entry points.
struct Entry {
  Rid rid{};
  Offset entered{};
  bool operator==(const Entry&) const = default;
};

std::string offset_key(Offset offset);
std::string rid_key(Rid rid);
// An earlier `from` than the rid, which no image has, counts as the rid.
std::string version_key(Rid rid, Offset from);
std::string past_key(index::IndexId index, std::string_view key, Offset left);
std::string left_at_key(Offset left, index::IndexId index, std::string_view key);
std::string content_hash_key(std::string_view content_id, record::ContentType type);
std::string record_outcome_key(record::Table table, std::string_view id, Offset offset);
// Preconditions (asserted): 0 < rid <= entered.
std::string encode_entry(std::string_view key, const Entry& entry);

struct PastKey {
  index::IndexId index{};
  std::string_view key;
  Offset left{};
};
struct LeftAtKey {
  Offset left{};
  index::IndexId index{};
  std::string_view key;
};
struct VersionKey {
  Rid rid{};
  Offset from{};
};

// Decoders. Throws: Error{kIntegrity} naming the view when the bytes have another shape.
Entry decode_entry(std::string_view key, std::string_view value);
Offset decode_offset(std::string_view bytes);
PastKey decode_past_key(std::string_view key);
LeftAtKey decode_left_at_key(std::string_view key);
Rid decode_rid_key(std::string_view key);
VersionKey decode_version_key(std::string_view key);
Offset decode_record_outcome_key(std::string_view key);

// `uca_` + 6 + 13 Crockford base32 digits: see contract section 6.
std::string derived_id_prefix(const Uuid& ledger_id);  // `uca_` and the 6 digits
std::string derived_id(const Uuid& ledger_id, Partition partition, Offset offset);
std::string derived_id(std::string_view prefix, Partition partition, Offset offset);  // no hashing
void append_derived_id(std::string& to, std::string_view prefix, Partition partition,
                       Offset offset);
// The offset in an id that derived_id() made with this prefix and partition; nullopt of any other.
std::optional<Offset> derived_offset(std::string_view prefix, Partition partition,
                                     std::string_view id);

// What a derived id of any ledger holds.
struct DerivedId {
  uint32_t ledger = 0;  // the 30 bits of its 6 digits
  uint32_t partition = 0;
  Offset offset{};
};
std::optional<DerivedId> parse_derived_id(std::string_view id);
void write_derived_id(const DerivedId& id, std::string& into);

}  // namespace ledger::store
