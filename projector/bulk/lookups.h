// Where the fold finds audios of this round: by id, by content. Slots are those of their row table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "projector/bulk/arena.h"
#include "projector/bulk/number_table.h"
#include "projector/bulk/row_hashes.h"
#include "projector/bulk/row_table.h"
#include "schemas/record/record.h"

namespace ledger::bulk {

// Of what a play or an access names.
struct ListenedHashes {
  uint64_t audio = 0;
  uint64_t listening = 0;
};

// Lets a map with std::string keys be asked with a view.
struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

// Live audios, few beside the listenings.
class AudioLookup {
 public:
  struct Ref {
    double creation_time = 0;
    std::string id;
    std::string voice_id;
    Slot slot = 0;
  };
  struct Content {
    bool whole = false;       // has all audios of the content, the base's too
    std::vector<Ref> audios;  // by (creation_time, id)
  };

  void add(const record::ContentAudio& row, Slot slot);
  void remove(const record::ContentAudio& row);
  std::optional<Slot> find(std::string_view id) const;
  // Whether the audio is of that content; nullopt when it is not here.
  std::optional<bool> is_of(std::string_view id, std::string_view content_id,
                            record::ContentType type);
  // Fetch into the cache what is_of() looks at, one after another with some time between.
  void fetch_place(uint64_t hash) const { by_id_.prefetch(hash); }
  void fetch_live(uint64_t hash) const;
  void fetch_text(uint64_t hash) const;
  Content& content(std::string_view content_id, record::ContentType type);
  // Calls take(low 32 bits of the hash of its id, slot) for each.
  template <typename Take>
  void each(Take take) const {
    by_id_.each([&](uint32_t hash, uint32_t number) { take(hash, lives_[number].slot); });
  }
  size_t bytes() const {
    return bytes_ + by_id_.bytes() + texts_.bytes() + lives_.capacity() * sizeof(Live);
  }

 private:
  // Its id, then the key of its content, in one piece of memory.
  struct Live {
    const char* text = nullptr;
    uint32_t id_size = 0;
    uint32_t content_size = 0;
    Slot slot = 0;
    std::string_view id() const { return {text, id_size}; }
    std::string_view content() const { return {text + id_size, content_size}; }
  };

  void build_key(std::string_view content_id, record::ContentType type);
  const Live* first_of(uint64_t hash) const;
  std::optional<uint32_t> number_of(std::string_view id) const;

  NumberTable by_id_;        // of lives_
  LargeVector<Live> lives_;  // dead ones too
  Arena texts_;
  TextMap<Content> by_content_;
  std::string key_;
  size_t bytes_ = 0;  // of by_content_, estimated
};

}  // namespace ledger::bulk
