// Where the fold finds audios of this round: by id, by content. Slots are those of their row table.
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
  // Whether the audio is of that content; nullopt when it is not here.
  std::optional<bool> is_of(std::string_view id, std::string_view content_id,
                            record::ContentType type);
  Content& content(std::string_view content_id, record::ContentType type);
  size_t bytes() const { return bytes_; }

 private:
  struct Live {
    Slot slot = 0;
    const std::string* content = nullptr;  // its key in by_content_
  };

  TextMap<Content>::value_type& entry_of(std::string_view content_id, record::ContentType type);
  void build_key(std::string_view content_id, record::ContentType type);

  TextMap<Live> by_id_;
  TextMap<Content> by_content_;
  std::string key_;
  size_t bytes_ = 0;  // estimated
};

}  // namespace ledger::bulk
