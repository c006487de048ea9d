// The fold's state and apply's operations in memory, over layers that are only read (layers.h).
//
//   layers + this round in memory -> write()       -> a new shard
//            this round alone     -> write_layer() -> another layer
//   base     + this round         -> put()         -> the base, in place
//
// Same keys, values and digests whichever way. Index entries of whole rows are derived when they
// are written, so that a row costs the fold one image and no keys; those of listenings whose
// keys stand as they first did when the shard is, so that layers hold none of them (layers.h).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "projector/apply/apply.h"
#include "projector/bulk/entry_memory.h"
#include "projector/bulk/event_ids.h"
#include "projector/bulk/index_entries.h"
#include "projector/bulk/key_run.h"
#include "projector/bulk/layers.h"
#include "projector/bulk/lookups.h"
#include "projector/bulk/number_table.h"
#include "projector/bulk/row_table.h"
#include "schemas/store/fill.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"
#include "schemas/store/writer.h"

namespace ledger::bulk {

class BulkViews : public fold::State, public apply::Operations {
 public:
  using KeptValues = std::function<std::optional<store::KeptEvent>(Offset)>;
  using Pulse = std::function<void()>;
  // Where entries go that do not fit into memory: `add` lets what it is given write them over the
  // layers below.
  struct Spills {
    size_t memory_max = 0;  // bytes of rows, entries and the layers' directory
    std::function<void(const std::function<void(store::ShardFill&)>&)> add;
  };

  // Lifetime: layers and declarations outlive it.
  BulkViews(const Layers& below, const store::LogIdentity& log, KeptValues kept,
            const index::Declarations& declarations);

  // Fetch into the cache what folding a play or an access will look at, one after another with some
  // time between: the places in the lookups, what they lead to, its bytes.
  void fetch_places(const ListenedHashes& hashes) const;
  void fetch_rows(const ListenedHashes& hashes) const;
  void fetch_bytes(const ListenedHashes& hashes) const;
  // To be called with each result after it was applied.
  void note(const fold::Result& result);
  // What this round and the layers' directory take in memory, what writing will need included.
  size_t bytes() const;
  size_t own_bytes() const;  // without the directory
  // What write() will need when nothing is spilled: rows with the entries of all rows, estimated.
  size_t bytes_to_write() const;
  // Entries that this round brings to a shard, and those that write_layer() writes; estimated.
  uint64_t fresh_entries() const;
  uint64_t layer_entries() const;
  // Pages that put() will make dirty, estimated: rather too many.
  size_t dirty_pages() const;
  // Layers and round, in key order. `pulse`: called now and then; may throw. The views are of no
  // use afterwards, also below.
  void write(store::ShardFill& fill, const Pulse& pulse, const Spills& spills);
  // The round alone, what left as kGone; its rows are told to `directory`, as of that layer.
  void write_layer(store::ShardFill& fill, const Pulse& pulse, RowDirectory& directory,
                   size_t layer);
  // The round alone into the batch of the base's writer, view by view in key order, so that each
  // page is found and copied once. Precondition (asserted): there are no layers over the base.
  void put(store::ShardWriter& writer);

  std::optional<Offset> event_taken(const Uuid& event_id) override;
  std::optional<std::string_view> kept_value(Offset offset) override;
  std::optional<store::Stored<record::ContentAudio>> audio(std::string_view id) override;
  bool is_audio_of(std::string_view id, std::string_view content_id,
                   record::ContentType type) override;
  std::vector<store::Stored<record::ContentAudio>> audios_of(std::string_view content_id,
                                                             record::ContentType type) override;
  size_t count_audios_of(std::string_view content_id, record::ContentType type,
                         size_t count_max) override;
  bool has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                std::string_view voice_id, std::string_view except_id) override;
  std::optional<store::Stored<record::UserContentAudio>> listening(
      std::string_view user_id, std::string_view content_id, record::ContentType type) override;
  std::optional<store::Stored<record::UserContentAudio>> listening_by_id(
      std::string_view id) override;
  std::optional<std::string> content_hash(std::string_view content_id,
                                          record::ContentType type) override;

  std::optional<std::string_view> get(store::View view, std::string_view key) override;
  void insert(store::View view, std::string_view key, std::string_view value) override;
  void update(store::View view, std::string_view key, std::string_view value) override;
  void erase(store::View view, std::string_view key) override;
  void supersede(record::Table table, store::Rid rid, Offset from,
                 const apply::LateBytes& image) override;
  void enter(store::View view, const apply::LateBytes& key, const store::Entry& entry) override;
  std::optional<store::Entry> leave(store::View view, const apply::LateBytes& key,
                                    store::Rid rid) override;

 private:
  static constexpr size_t kNodeBytes = 64;  // of a map, hashed or not, without its texts
  // Of a text beside its characters, with what malloc takes.
  static constexpr size_t kTextBytes = 48;

  struct IndexView {
    record::Table table{};
    size_t number = 0;              // among those of the table
    std::vector<std::string> gone;  // keys from below that left
  };

  // Entries of a table's rows, gathered while these are written; bulk_write.cc.
  template <typename Record>
  class Gathered;
  enum class Target : uint8_t { kShard, kLayer, kBase };

  void read_end_below();
  RowTable& table(record::Table table) {
    return table == record::Table::kContentAudios ? audios_ : listenings_;
  }
  RowTable::Row& row_of(store::View view, std::string_view rid_key);
  template <typename Record>
  std::optional<Slot> load(store::Rid rid);  // a row from below, now of this round
  template <typename Record>
  Slot take(store::Rid rid, std::string_view value);  // likewise
  // The live row from below that `matches`, found by a hash or by how its key in a view begins,
  // which `prefix` builds.
  template <typename Record, typename Prefix, typename Matches>
  std::optional<Slot> load(uint64_t hash, store::View view, const Prefix& prefix,
                           const Matches& matches);
  template <typename Record>
  store::Stored<Record> stored(Slot slot);
  template <typename Record>
  std::optional<Slot> slot_of(store::Rid rid);
  std::string_view key_of(std::string_view id);  // in an index by_id; until key_ is used again
  AudioLookup::Content& whole_content(std::string_view content_id, record::ContentType type);
  bool is_foreign(std::string_view id) const { return !id.starts_with(id_prefix_); }
  void enter_all(store::Rid rid);  // each entry of a listening from below as its first one
  void set_content_hash(std::string_view key, std::string_view hash);
  void find_in(const record::ContentAudio& row, Slot slot);
  void find_in(const record::UserContentAudio& row, Slot slot);
  void lose(const record::ContentAudio& row, Slot slot);
  void lose(const record::UserContentAudio& row, Slot slot);
  template <typename Record>
  void note_changes(const std::vector<fold::Change<Record>>& changes, EntryMemory<Record>& entries);

  // Calls take(view, source, gone, gathered) for each view with what this round has of it, both in
  // key order: a source of entries, and keys from below that left. `gathered` is to be told of what
  // is written. What was taken is freed. `looked_up`: is called before the lookups are freed.
  template <typename Take>
  void each_view(Target target, const Take& take, const Pulse& pulse, const Spills& spills,
                 const std::function<void()>& looked_up);
  template <typename Record, typename Take>
  void each_view_of_table(Target target, const Take& take, const Pulse& pulse,
                          const Spills& spills);
  template <typename Source, typename Any>
  void merge(const store::ViewName& name, Source source, const std::vector<std::string>& gone,
             Any& gathered, store::ShardFill& fill) const;
  template <typename Source, typename Any>
  void write_view(store::View view, Source source, const std::vector<std::string>& gone,
                  Any& gathered, store::ShardFill& fill) const;
  template <typename Source, typename Any>
  void put_view(store::View view, Source source, const std::vector<std::string>& gone,
                Any& gathered, store::ShardWriter& writer) const;
  bool base_has(store::View view, std::string_view key) const;
  void tell(RowDirectory& directory, size_t layer) const;
  size_t hashes_to_tell() const;
  size_t rows_below() const;       // listenings in layers, of a row in several each image
  size_t looked_up_bytes() const;  // rows, and all that finds them
  size_t pages_touched(store::View view, size_t keys, size_t scattered) const;

  const Layers& below_;
  // Ids from here on are below only if end_below_ has them: most often none has to be looked up.
  std::string end_below_from_;
  EventIds end_below_;
  size_t scattered_event_ids_ = 0;  // before end_below_from_
  store::LogIdentity log_;
  KeptValues kept_;
  std::optional<store::KeptEvent> earlier_;  // owns what kept_value() gave last
  const index::Declarations& declarations_;
  std::string id_prefix_;
  store::View content_;
  store::View user_content_;

  RowTable audios_;
  RowTable listenings_;
  EntryMemory<record::ContentAudio> audio_entries_;  // for bytes()
  EntryMemory<record::UserContentAudio> listening_entries_;
  AudioLookup audio_lookup_;
  NumberTable listening_lookup_;  // by natural_hash()
  TextMap<Slot> foreign_ids_;     // of userContentAudios whose _id was imported
  EventIds event_ids_;
  std::map<std::string, std::string, std::less<>> content_hashes_;
  std::map<store::View, KeyRun> runs_;  // of the views that are only inserted into
  std::map<store::View, IndexView> indexes_;
  size_t spilled_ = 0;     // the newest layers are entries of write()
  size_t text_bytes_ = 0;  // of foreign_ids_, content_hashes_ and what is gone
  std::string key_;
};

}  // namespace ledger::bulk
