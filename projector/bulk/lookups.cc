#include "projector/bulk/lookups.h"

#include <algorithm>
#include <utility>

#include "schemas/base/assert.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

constexpr size_t kSlotsMin = 1024;
constexpr size_t kAudioBytes = 400;  // of a row in both maps, estimated

bool before(const AudioLookup::Ref& a, const record::ContentAudio& b) {
  return a.creation_time != b.creation_time ? a.creation_time < b.creation_time : a.id < b.id;
}

}  // namespace

AudioLookup::Content& AudioLookup::content(std::string_view content_id, record::ContentType type) {
  key_.clear();
  index::append_text(key_, content_id);
  index::append_text(key_, record::to_text(type));
  const auto found = by_content_.find(key_);
  return found != by_content_.end() ? found->second : by_content_[key_];
}

void AudioLookup::add(const record::ContentAudio& row, Slot slot) {
  by_id_[row.id] = slot;
  auto& audios = content(row.content_id, row.content_type).audios;
  const auto place = std::partition_point(audios.begin(), audios.end(),
                                          [&](const Ref& ref) { return before(ref, row); });
  audios.insert(place, {row.creation_time, row.id, row.voice_id, slot});
  bytes_ += kAudioBytes;
}

void AudioLookup::remove(const record::ContentAudio& row) {
  by_id_.erase(row.id);
  auto& audios = content(row.content_id, row.content_type).audios;
  const size_t removed = std::erase_if(audios, [&](const Ref& ref) { return ref.id == row.id; });
  LEDGER_ASSERT(removed == 1, "{} {}", row.id, removed);
}

std::optional<Slot> AudioLookup::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

void ListeningLookup::place(uint64_t hash, Slot slot) {
  size_t i = start(hash);
  while (slots_[i] != kFree) i = (i + 1) & (slots_.size() - 1);
  hashes_[i] = hash;
  slots_[i] = slot;
}

void ListeningLookup::add(uint64_t hash, Slot slot) {
  if ((used_ + 1) * 3 > slots_.size() * 2) grow();
  place(hash, slot);
  ++used_;
}

void ListeningLookup::remove(uint64_t hash, Slot slot) {
  size_t i = start(hash);
  while (slots_[i] != kFree && slots_[i] != slot) i = (i + 1) & (slots_.size() - 1);
  LEDGER_ASSERT(slots_[i] == slot, "slot {}", slot);
  slots_[i] = kGone;
}

void ListeningLookup::grow() {
  const std::vector<uint64_t> hashes = std::exchange(hashes_, {});
  const std::vector<Slot> slots = std::exchange(slots_, {});
  const size_t size = std::max(kSlotsMin, slots.size() * 2);
  hashes_.resize(size);
  slots_.assign(size, kFree);
  used_ = 0;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i] == kFree || slots[i] == kGone) continue;
    place(hashes[i], slots[i]);
    ++used_;
  }
}

}  // namespace ledger::bulk
