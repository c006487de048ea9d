// Where the rows of layers are, without a look into the layers: the layer of each rid, and rids by
// hashes of what the fold asks for.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "projector/bulk/number_table.h"
#include "schemas/store/layout.h"

namespace ledger::bulk {

class RowDirectory {
 public:
  static constexpr size_t kLayersMax = 126;
  struct Place {
    enum class State : uint8_t { kInNone, kLive, kDead } state = State::kInNone;
    size_t layer = 0;    // that has the newest image of a live one
    bool moved = false;  // a key of it in some index was not its first one
  };

  // `bytes_max`: of the hashes in memory; more than that are in a file in `folder`.
  explicit RowDirectory(size_t bytes_max, std::filesystem::path folder = {})
      : overflow_{bytes_max, std::move(folder)}, numbers_(&overflow_) {}
  RowDirectory(const RowDirectory&) = delete;
  RowDirectory& operator=(const RowDirectory&) = delete;

  Place place(store::Rid rid) const;
  // The newest image is in `layer`. `moved` stays once it is said.
  void put(store::Rid rid, size_t layer, bool moved);
  void put_dead(store::Rid rid);
  void note_moved(store::Rid rid);
  // Layers from `first` on are one now.
  void join_layers(size_t first);

  void reserve(size_t more) { numbers_.reserve(more); }  // hashes. Throws: Error{kFull}
  // What reserve() takes of memory beside what is there.
  size_t bytes_to_reserve(size_t more) const;
  void add(uint64_t hash, store::Rid rid);  // also when it is there
  // The first rid of that hash that `matches`; it may be what the row once was found by.
  template <typename Matches>
  std::optional<store::Rid> find(uint64_t hash, Matches matches) const {
    store::Rid rid{};
    const auto found = numbers_.find(hash, [&](uint32_t number) {
      return std::any_of(highs_.begin(), highs_.end(), [&](int64_t high) {
        rid = store::Rid{high * kNumbers + number};
        return matches(rid);
      });
    });
    if (!found) return std::nullopt;
    return rid;
  }
  // Fetches the memory that a find() of this hash looks at first.
  void prefetch(uint64_t hash) const { numbers_.prefetch(hash); }
  void drop_hashes() { numbers_ = NumberTable(&overflow_); }  // nobody asks any more
  size_t bytes() const { return numbers_.bytes() + chunks_.size() * sizeof(Chunk); }

 private:
  static constexpr int kChunkBits = 16;
  static constexpr uint8_t kMoved = 0x80;
  static constexpr uint8_t kDead = 0x7F;  // else 1 + the layer; 0: in none
  using Chunk = std::array<uint8_t, size_t{1} << kChunkBits>;

  uint8_t& at(store::Rid rid);

  // Of a rid the table has the rest by this, which are all numbers that it can have.
  static constexpr int64_t kNumbers = NumberTable::kNumberMax + int64_t{1};

  Overflow overflow_;
  NumberTable numbers_;
  std::vector<int64_t> highs_;  // rids that were added by kNumbers, each once
  std::unordered_map<int64_t, std::unique_ptr<Chunk>> chunks_;  // by the high bits of a rid
};

}  // namespace ledger::bulk
