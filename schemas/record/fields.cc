#include "schemas/record/fields.h"

#include <array>

namespace ledger::record {

namespace {

FieldValue value_of(double number) { return number; }
FieldValue value_of(const std::string& text) { return std::string_view(text); }
FieldValue value_of(const VoiceSettings& settings) { return &settings; }
FieldValue value_of(Offset kept) { return KeptText{kept}; }

template <typename Enumeration>
requires std::is_enum_v<Enumeration> FieldValue value_of(Enumeration value) {
  return to_text(value);
}

template <typename T>
FieldValue value_of(const std::optional<T>& value) {
  return value ? value_of(*value) : FieldValue();
}

// One accessor per member, so that the table below reads as the record does.
template <auto Member, typename Record>
FieldValue get(const Record& record) {
  return value_of(record.*Member);
}

using A = ContentAudio;
using U = UserContentAudio;
constexpr bool kOptional = true;
constexpr bool kRequired = false;

constexpr std::array<Field<A>, 17> kContentAudioFields = {{
    {"_id", FieldKind::kText, kRequired, get<&A::id, A>},
    {"_creationTime", FieldKind::kNumber, kRequired, get<&A::creation_time, A>},
    {"contentId", FieldKind::kText, kRequired, get<&A::content_id, A>},
    {"contentType", FieldKind::kEnumeration, kRequired, get<&A::content_type, A>},
    {"locale", FieldKind::kEnumeration, kRequired, get<&A::locale, A>},
    {"contentHash", FieldKind::kText, kRequired, get<&A::content_hash, A>},
    {"voiceId", FieldKind::kText, kRequired, get<&A::voice_id, A>},
    {"voiceSettings", FieldKind::kVoiceSettings, kOptional, get<&A::voice_settings, A>},
    {"status", FieldKind::kEnumeration, kRequired, get<&A::status, A>},
    {"script", FieldKind::kKeptText, kOptional, get<&A::script, A>},
    {"audioStorageId", FieldKind::kText, kOptional, get<&A::audio_storage_id, A>},
    {"audioDuration", FieldKind::kNumber, kOptional, get<&A::audio_duration, A>},
    {"audioSize", FieldKind::kNumber, kOptional, get<&A::audio_size, A>},
    {"errorMessage", FieldKind::kKeptText, kOptional, get<&A::error_message, A>},
    {"failedAt", FieldKind::kNumber, kOptional, get<&A::failed_at, A>},
    {"generationAttempts", FieldKind::kNumber, kRequired, get<&A::generation_attempts, A>},
    {"updatedAt", FieldKind::kNumber, kRequired, get<&A::updated_at, A>},
}};

constexpr std::array<Field<U>, 9> kUserContentAudioFields = {{
    {"_id", FieldKind::kText, kRequired, get<&U::id, U>},
    {"_creationTime", FieldKind::kNumber, kRequired, get<&U::creation_time, U>},
    {"userId", FieldKind::kText, kRequired, get<&U::user_id, U>},
    {"contentAudioId", FieldKind::kText, kRequired, get<&U::content_audio_id, U>},
    {"contentId", FieldKind::kText, kRequired, get<&U::content_id, U>},
    {"contentType", FieldKind::kEnumeration, kRequired, get<&U::content_type, U>},
    {"playCount", FieldKind::kNumber, kRequired, get<&U::play_count, U>},
    {"lastPlayedAt", FieldKind::kNumber, kOptional, get<&U::last_played_at, U>},
    {"updatedAt", FieldKind::kNumber, kRequired, get<&U::updated_at, U>},
}};

}  // namespace

template <>
std::span<const Field<ContentAudio>> fields<ContentAudio>() {
  return kContentAudioFields;
}

template <>
std::span<const Field<UserContentAudio>> fields<UserContentAudio>() {
  return kUserContentAudioFields;
}

}  // namespace ledger::record
