#include "projector/bulk/row_directory.h"

#include <algorithm>

#include "schemas/base/assert.h"

namespace ledger::bulk {

uint8_t& RowDirectory::at(store::Rid rid) {
  std::unique_ptr<Chunk>& chunk = chunks_[store::raw(rid) >> kChunkBits];
  if (!chunk) chunk = std::make_unique<Chunk>();
  return (*chunk)[static_cast<size_t>(store::raw(rid)) % chunk->size()];
}

RowDirectory::Place RowDirectory::place(store::Rid rid) const {
  const auto chunk = chunks_.find(store::raw(rid) >> kChunkBits);
  if (chunk == chunks_.end()) return {};
  const uint8_t byte =
      (*chunk->second)[static_cast<size_t>(store::raw(rid)) % chunk->second->size()];
  const uint8_t layer = byte & kDead;
  const bool moved = (byte & kMoved) != 0;
  if (layer == 0) return {Place::State::kInNone, 0, moved};
  if (layer == kDead) return {Place::State::kDead, 0, moved};
  return {Place::State::kLive, layer - size_t{1}, moved};
}

void RowDirectory::put(store::Rid rid, size_t layer, bool moved) {
  LEDGER_ASSERT(layer < kLayersMax, "{}", layer);
  uint8_t& byte = at(rid);
  const bool ever_moved = moved || (byte & kMoved) != 0;
  byte = static_cast<uint8_t>(layer + 1) | (ever_moved ? kMoved : uint8_t{0});
}

void RowDirectory::put_dead(store::Rid rid) { at(rid) |= kDead; }

void RowDirectory::note_moved(store::Rid rid) { at(rid) |= kMoved; }

void RowDirectory::join_layers(size_t first) {
  for (auto& [high, chunk] : chunks_) {
    for (uint8_t& byte : *chunk) {
      const uint8_t layer = byte & kDead;
      if (layer <= first || layer == kDead) continue;
      byte = static_cast<uint8_t>(first + 1) | (byte & kMoved);
    }
  }
}

size_t RowDirectory::bytes_to_reserve(size_t more) const {
  const size_t bytes = numbers_.bytes_with(more);
  return bytes > numbers_.bytes() ? bytes : 0;
}

void RowDirectory::add(uint64_t hash, store::Rid rid) {
  const auto number = static_cast<uint32_t>(store::raw(rid) % kNumbers);
  const int64_t high = store::raw(rid) / kNumbers;
  if (std::find(highs_.begin(), highs_.end(), high) == highs_.end()) highs_.push_back(high);
  const bool known =
      numbers_.find(hash, [&](uint32_t other) { return other == number; }).has_value();
  if (!known) numbers_.add(hash, number);
}

}  // namespace ledger::bulk
