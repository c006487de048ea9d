// Every member of every payload by its JSON name, for what reads and writes them. limit_fields.cc
// names the paths of those that have limits.
// Internal to schemas/event.
//
// members(value, visit) calls visit(name, member) in the order of event.capnp. A member of type
// optional<> may be left out. tests/unit/event checks the names against event.capnp.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "schemas/event/event.h"

namespace ledger::event {

template <typename Self, typename T>
concept IsA = std::same_as<std::remove_const_t<Self>, T>;

template <IsA<Actor> Self, typename Visit>
void members(Self& actor, Visit&& visit) {
  visit("kind", actor.kind);
  visit("id", actor.id);
}

template <IsA<record::VoiceSettings> Self, typename Visit>
void members(Self& settings, Visit&& visit) {
  visit("stability", settings.stability);
  visit("similarityBoost", settings.similarity_boost);
  visit("style", settings.style);
}

template <IsA<AudioCreated> Self, typename Visit>
void members(Self& payload, Visit&& visit) {
  visit("contentAudioId", payload.content_audio_id);
  visit("contentId", payload.content_id);
  visit("contentType", payload.content_type);
  visit("locale", payload.locale);
  visit("contentHash", payload.content_hash);
  visit("voiceId", payload.voice_id);
  visit("voiceSettings", payload.voice_settings);
}

template <IsA<Audio> Self, typename Visit>
void members(Self& audio, Visit&& visit) {
  visit("audioStorageId", audio.storage_id);
  visit("audioDuration", audio.duration);
  visit("audioSize", audio.size);
}

template <IsA<StatusChanged> Self, typename Visit>
void members(Self& payload, Visit&& visit) {
  visit("contentAudioId", payload.content_audio_id);
  visit("contentId", payload.content_id);
  visit("contentHash", payload.content_hash);
  visit("status", payload.status);
  visit("script", payload.script);
  visit("audio", payload.audio);
  visit("errorMessage", payload.error_message);
}

template <IsA<ContentChanged> Self, typename Visit>
void members(Self& payload, Visit&& visit) {
  visit("contentId", payload.content_id);
  visit("contentType", payload.content_type);
  visit("contentHash", payload.content_hash);
}

template <IsA<AudioDeleted> Self, typename Visit>
void members(Self& payload, Visit&& visit) {
  visit("contentAudioId", payload.content_audio_id);
  visit("contentId", payload.content_id);
}

template <typename Self, typename Visit>
requires IsA<Self, AccessRecorded> || IsA<Self, PlayRecorded>
void members(Self& payload, Visit&& visit) {
  visit("userId", payload.user_id);
  visit("contentAudioId", payload.content_audio_id);
  visit("contentId", payload.content_id);
  visit("contentType", payload.content_type);
}

template <IsA<ImportedContentAudio> Self, typename Visit>
void members(Self& imported, Visit&& visit) {
  visit("_id", imported.row.id);
  visit("_creationTime", imported.row.creation_time);
  visit("contentId", imported.row.content_id);
  visit("contentType", imported.row.content_type);
  visit("locale", imported.row.locale);
  visit("contentHash", imported.row.content_hash);
  visit("voiceId", imported.row.voice_id);
  visit("voiceSettings", imported.row.voice_settings);
  visit("status", imported.row.status);
  visit("script", imported.script);
  visit("audioStorageId", imported.row.audio_storage_id);
  visit("audioDuration", imported.row.audio_duration);
  visit("audioSize", imported.row.audio_size);
  visit("errorMessage", imported.error_message);
  visit("failedAt", imported.row.failed_at);
  visit("generationAttempts", imported.row.generation_attempts);
  visit("updatedAt", imported.row.updated_at);
}

template <IsA<record::UserContentAudio> Self, typename Visit>
void members(Self& row, Visit&& visit) {
  visit("_id", row.id);
  visit("_creationTime", row.creation_time);
  visit("userId", row.user_id);
  visit("contentAudioId", row.content_audio_id);
  visit("contentId", row.content_id);
  visit("contentType", row.content_type);
  visit("playCount", row.play_count);
  visit("lastPlayedAt", row.last_played_at);
  visit("updatedAt", row.updated_at);
}

template <IsA<LedgerOpened> Self, typename Visit>
void members(Self& payload, Visit&& visit) {
  visit("ledgerId", payload.ledger_id);
  visit("partition", payload.partition);
  visit("partitionCount", payload.partition_count);
  visit("ephemeral", payload.ephemeral);
}

// The member of recordImported that holds the row: the table's name.
inline std::string_view imported_table(const RecordImported& imported) {
  return imported.row.index() == 0 ? "contentAudios" : "userContentAudios";
}

}  // namespace ledger::event
