#include "schemas/store/image.h"

#include "schemas/base/bytes.h"
#include "schemas/store/packing_internal.h"

namespace ledger::store {

namespace {

// Presence bits of a contentAudios image; bit 7 is never set.
enum : uint8_t {
  kVoiceSettings = 1,
  kScript = 2,
  kAudioStorageId = 4,
  kAudioDuration = 8,
  kAudioSize = 16,
  kErrorMessage = 32,
  kFailedAt = 64,
};

uint8_t presence(const record::ContentAudio& row) {
  return static_cast<uint8_t>(
      (row.voice_settings ? kVoiceSettings : 0) | (row.script ? kScript : 0) |
      (row.audio_storage_id ? kAudioStorageId : 0) | (row.audio_duration ? kAudioDuration : 0) |
      (row.audio_size ? kAudioSize : 0) | (row.error_message ? kErrorMessage : 0) |
      (row.failed_at ? kFailedAt : 0));
}

void pack(const record::VoiceSettings& settings, Packer& out) {
  out.byte(static_cast<uint8_t>((settings.stability ? 1 : 0) | (settings.similarity_boost ? 2 : 0) |
                                (settings.style ? 4 : 0)));
  for (const auto& value : {settings.stability, settings.similarity_boost, settings.style}) {
    if (value) out.number(*value);
  }
}

record::VoiceSettings unpack_settings(Unpacker& in) {
  record::VoiceSettings settings;
  const uint8_t bits = in.byte();
  if (bits > 7) in.fail();
  if (bits & 1) settings.stability = in.number();
  if (bits & 2) settings.similarity_boost = in.number();
  if (bits & 4) settings.style = in.number();
  return settings;
}

template <typename Enumeration>
Enumeration enumerant(unsigned value, unsigned count, const Unpacker& in) {
  if (value == 0 || value >= count) in.fail();
  return static_cast<Enumeration>(value);
}

}  // namespace

void encode_image(const record::ContentAudio& row, std::string& out) {
  Packer pack_to(out);
  pack_to.byte(presence(row));
  pack_to.byte(static_cast<uint8_t>(static_cast<unsigned>(row.content_type) |
                                    static_cast<unsigned>(row.locale) << 2 |
                                    static_cast<unsigned>(row.status) << 4));
  pack_to.text(row.id);
  pack_to.number(row.creation_time);
  pack_to.text(row.content_id);
  pack_to.hash(row.content_hash);
  pack_to.text(row.voice_id);
  pack_to.number(row.generation_attempts);
  pack_to.number(row.updated_at);
  if (row.voice_settings) pack(*row.voice_settings, pack_to);
  if (row.script) pack_to.varint(static_cast<uint64_t>(ledger::raw(*row.script)));
  if (row.audio_storage_id) pack_to.text(*row.audio_storage_id);
  if (row.audio_duration) pack_to.number(*row.audio_duration);
  if (row.audio_size) pack_to.number(*row.audio_size);
  if (row.error_message) pack_to.varint(static_cast<uint64_t>(ledger::raw(*row.error_message)));
  if (row.failed_at) pack_to.number(*row.failed_at);
}

void decode_image(std::string_view image, record::ContentAudio& row) {
  Unpacker in(image, "a row of contentAudios");
  row = {};
  const uint8_t bits = in.byte();
  const uint8_t enumerations = in.byte();
  if ((bits | enumerations) & 0x80) in.fail();
  row.content_type = enumerant<record::ContentType>(enumerations & 3U, 3, in);
  row.locale = enumerant<record::Locale>(enumerations >> 2 & 3U, 3, in);
  row.status = enumerant<record::Status>(enumerations >> 4 & 7U, 6, in);
  row.id = in.text();
  row.creation_time = in.number();
  row.content_id = in.text();
  row.content_hash = in.hash();
  row.voice_id = in.text();
  row.generation_attempts = in.number();
  row.updated_at = in.number();
  if (bits & kVoiceSettings) row.voice_settings = unpack_settings(in);
  if (bits & kScript) row.script = in.offset();
  if (bits & kAudioStorageId) row.audio_storage_id = in.text();
  if (bits & kAudioDuration) row.audio_duration = in.number();
  if (bits & kAudioSize) row.audio_size = in.number();
  if (bits & kErrorMessage) row.error_message = in.offset();
  if (bits & kFailedAt) row.failed_at = in.number();
  in.finish();
}

// First byte: content type, and 4 when the row was ever played.
void encode_image(const record::UserContentAudio& row, std::string& out) {
  Packer pack_to(out);
  pack_to.byte(static_cast<uint8_t>(static_cast<unsigned>(row.content_type) |
                                    (row.last_played_at ? 4U : 0U)));
  pack_to.text(row.id);
  pack_to.number(row.creation_time);
  pack_to.text(row.user_id);
  pack_to.text(row.content_audio_id);
  pack_to.text(row.content_id);
  pack_to.number(row.play_count);
  pack_to.number(row.updated_at);
  if (row.last_played_at) pack_to.number(*row.last_played_at);
}

void decode_image(std::string_view image, record::UserContentAudio& row) {
  Unpacker in(image, "a row of userContentAudios");
  row.last_played_at.reset();
  const uint8_t bits = in.byte();
  if (bits > 7) in.fail();
  row.content_type = enumerant<record::ContentType>(bits & 3U, 3, in);
  row.id = in.text();
  row.creation_time = in.number();
  row.user_id = in.text();
  row.content_audio_id = in.text();
  row.content_id = in.text();
  row.play_count = in.number();
  row.updated_at = in.number();
  if (bits & 4) row.last_played_at = in.number();
  in.finish();
}

template <typename Record>
std::string encode_row(const Stored<Record>& stored) {
  std::string value = offset_key(stored.from);
  encode_image(stored.row, value);
  return value;
}

template <typename Record>
Stored<Record> decode_row(Rid rid, std::string_view value) {
  Stored<Record> stored{rid, decode_offset(value.substr(0, 8)), {}};
  decode_image(value.substr(8), stored.row);
  return stored;
}

template std::string encode_row(const Stored<record::ContentAudio>&);
template std::string encode_row(const Stored<record::UserContentAudio>&);
template Stored<record::ContentAudio> decode_row(Rid, std::string_view);
template Stored<record::UserContentAudio> decode_row(Rid, std::string_view);

}  // namespace ledger::store
