// Where the fold finds rows of this round: by id, by content, by (user, content). Slots are those
// of the two row tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "projector/bulk/row_table.h"
#include "schemas/record/record.h"

namespace ledger::bulk {

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
  Content& content(std::string_view content_id, record::ContentType type);
  size_t bytes() const { return bytes_; }

 private:
  TextMap<Slot> by_id_;
  TextMap<Content> by_content_;
  std::string key_;
  size_t bytes_ = 0;  // estimated
};

// A hash table from the 64-bit hash of a natural key to slots; who asks compares the rows.
class ListeningLookup {
 public:
  void add(uint64_t hash, Slot slot);
  void remove(uint64_t hash, Slot slot);  // Precondition (asserted): it is there
  // The first slot of that hash that `matches`.
  template <typename Matches>
  std::optional<Slot> find(uint64_t hash, Matches matches) const {
    if (hashes_.empty()) return std::nullopt;
    for (size_t i = start(hash); slots_[i] != kFree; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i] != kGone && hashes_[i] == hash && matches(slots_[i])) return slots_[i];
    }
    return std::nullopt;
  }
  size_t bytes() const { return slots_.capacity() * (sizeof(Slot) + sizeof(uint64_t)); }

 private:
  static constexpr Slot kFree = 0xFFFFFFFF;
  static constexpr Slot kGone = 0xFFFFFFFE;

  size_t start(uint64_t hash) const { return static_cast<size_t>(hash) & (slots_.size() - 1); }
  void place(uint64_t hash, Slot slot);
  void grow();

  std::vector<uint64_t> hashes_;
  std::vector<Slot> slots_;
  size_t used_ = 0;  // also gone ones
};

}  // namespace ledger::bulk
