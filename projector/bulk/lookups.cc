#include "projector/bulk/lookups.h"

#include <algorithm>

#include "schemas/base/assert.h"
#include "schemas/index/key.h"

namespace ledger::bulk {

namespace {

constexpr size_t kAudioBytes = 400;  // of a row in both maps, estimated

bool before(const AudioLookup::Ref& a, const record::ContentAudio& b) {
  return a.creation_time != b.creation_time ? a.creation_time < b.creation_time : a.id < b.id;
}

}  // namespace

void AudioLookup::build_key(std::string_view content_id, record::ContentType type) {
  key_.clear();
  index::append_text(key_, content_id);
  index::append_text(key_, record::to_text(type));
}

TextMap<AudioLookup::Content>::value_type& AudioLookup::entry_of(std::string_view content_id,
                                                                 record::ContentType type) {
  build_key(content_id, type);
  const auto found = by_content_.find(key_);
  return found != by_content_.end() ? *found : *by_content_.try_emplace(key_).first;
}

AudioLookup::Content& AudioLookup::content(std::string_view content_id, record::ContentType type) {
  return entry_of(content_id, type).second;
}

void AudioLookup::add(const record::ContentAudio& row, Slot slot) {
  auto& [key, content] = entry_of(row.content_id, row.content_type);
  by_id_[row.id] = {slot, &key};
  auto& audios = content.audios;
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
  return found->second.slot;
}

std::optional<bool> AudioLookup::is_of(std::string_view id, std::string_view content_id,
                                       record::ContentType type) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  build_key(content_id, type);
  return *found->second.content == key_;
}

}  // namespace ledger::bulk
