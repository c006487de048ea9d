#include "projector/bulk/lookups.h"

#include <algorithm>

#include "projector/bulk/row_hashes.h"
#include "schemas/base/assert.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

constexpr size_t kAudioBytes = 250;  // of a row in the map, estimated

bool before(const AudioLookup::Ref& a, const record::ContentAudio& b) {
  return a.creation_time != b.creation_time ? a.creation_time < b.creation_time : a.id < b.id;
}

}  // namespace

void AudioLookup::build_key(std::string_view content_id, record::ContentType type) {
  key_.clear();
  index::append_text(key_, content_id);
  index::append_text(key_, record::to_text(type));
}

AudioLookup::Content& AudioLookup::content(std::string_view content_id, record::ContentType type) {
  build_key(content_id, type);
  const auto found = by_content_.find(key_);
  return found != by_content_.end() ? found->second : by_content_[key_];
}

void AudioLookup::add(const record::ContentAudio& row, Slot slot) {
  auto& audios = content(row.content_id, row.content_type).audios;
  const auto place = std::partition_point(audios.begin(), audios.end(),
                                          [&](const Ref& ref) { return before(ref, row); });
  audios.insert(place, {row.creation_time, row.id, row.voice_id, slot});
  bytes_ += kAudioBytes;

  by_id_.add(audio_hash(row.id), static_cast<uint32_t>(lives_.size()));
  const auto content_size = static_cast<uint32_t>(key_.size());
  lives_.push_back(
      {texts_.copy(row.id + key_), static_cast<uint32_t>(row.id.size()), content_size, slot});
}

void AudioLookup::remove(const record::ContentAudio& row) {
  auto& audios = content(row.content_id, row.content_type).audios;
  const size_t removed = std::erase_if(audios, [&](const Ref& ref) { return ref.id == row.id; });
  LEDGER_ASSERT(removed == 1, "{} {}", row.id, removed);
  by_id_.remove(audio_hash(row.id), number_of(row.id).value());
}

std::optional<uint32_t> AudioLookup::number_of(std::string_view id) const {
  return by_id_.find(audio_hash(id), [&](uint32_t number) { return lives_[number].id() == id; });
}

// Of equal hashes the first: most often the only one.
const AudioLookup::Live* AudioLookup::first_of(uint64_t hash) const {
  const auto first = by_id_.find(hash, [](uint32_t) { return true; });
  return first ? &lives_[*first] : nullptr;
}

void AudioLookup::fetch_live(uint64_t hash) const {
  if (const Live* const live = first_of(hash)) __builtin_prefetch(live);
}

void AudioLookup::fetch_text(uint64_t hash) const {
  if (const Live* const live = first_of(hash)) __builtin_prefetch(live->text);
}

std::optional<Slot> AudioLookup::find(std::string_view id) const {
  const auto number = number_of(id);
  if (!number) return std::nullopt;
  return lives_[*number].slot;
}

std::optional<bool> AudioLookup::is_of(std::string_view id, std::string_view content_id,
                                       record::ContentType type) {
  const auto number = number_of(id);
  if (!number) return std::nullopt;
  build_key(content_id, type);
  return lives_[*number].content() == key_;
}

}  // namespace ledger::bulk
