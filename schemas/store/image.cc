#include "schemas/store/image.h"

#include <bit>
#include <limits>

#include "schemas/base/assert.h"
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

// First byte of a userContentAudios image, behind the content type in bits 0 and 1; bits 6 and 7
// are never set.
enum : uint8_t {
  kLastPlayedAt = 4,
  kUpdatedWhenCreated = 8,  // updatedAt is _creationTime
  kPlayedWhenUpdated = 16,  // lastPlayedAt is updatedAt
  kDerivedId = 32,          // the _id is derived from the rid
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

void encode_image(const record::ContentAudio& row, Rid, std::string& out) {
  Packer pack_to(out);
  pack_to.byte(presence(row));
  pack_to.byte(static_cast<uint8_t>(static_cast<unsigned>(row.content_type) |
                                    static_cast<unsigned>(row.locale) << 2 |
                                    static_cast<unsigned>(row.status) << 4));
  pack_to.id(row.id);
  pack_to.number(row.creation_time);
  pack_to.id(row.content_id);
  pack_to.hash(row.content_hash);
  pack_to.text(row.voice_id);
  pack_to.number(row.generation_attempts);
  pack_to.number(row.updated_at);
  if (row.voice_settings) pack(*row.voice_settings, pack_to);
  if (row.script) pack_to.varint(static_cast<uint64_t>(ledger::raw(*row.script)));
  if (row.audio_storage_id) pack_to.id(*row.audio_storage_id);
  if (row.audio_duration) pack_to.number(*row.audio_duration);
  if (row.audio_size) pack_to.number(*row.audio_size);
  if (row.error_message) pack_to.varint(static_cast<uint64_t>(ledger::raw(*row.error_message)));
  if (row.failed_at) pack_to.number(*row.failed_at);
}

void decode_image(std::string_view image, Rid, record::ContentAudio& row) {
  Unpacker in(image, "a row of contentAudios");
  row = {};
  const uint8_t bits = in.byte();
  const uint8_t enumerations = in.byte();
  if ((bits | enumerations) & 0x80) in.fail();
  row.content_type = enumerant<record::ContentType>(enumerations & 3U, 3, in);
  row.locale = enumerant<record::Locale>(enumerations >> 2 & 3U, 3, in);
  row.status = enumerant<record::Status>(enumerations >> 4 & 7U, 6, in);
  in.id(row.id);
  row.creation_time = in.number();
  in.id(row.content_id);
  row.content_hash = in.hash();
  row.voice_id = in.text();
  row.generation_attempts = in.number();
  row.updated_at = in.number();
  if (bits & kVoiceSettings) row.voice_settings = unpack_settings(in);
  if (bits & kScript) row.script = in.offset();
  if (bits & kAudioStorageId) in.id(row.audio_storage_id.emplace());
  if (bits & kAudioDuration) row.audio_duration = in.number();
  if (bits & kAudioSize) row.audio_size = in.number();
  if (bits & kErrorMessage) row.error_message = in.offset();
  if (bits & kFailedAt) row.failed_at = in.number();
  in.finish();
}

namespace {

// By their bits: 0 and -0 are two.
bool same(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

std::optional<DerivedId> derived_of(std::string_view id, Rid rid) {
  auto parsed = parse_derived_id(id);
  if (parsed && raw(parsed->offset) != raw(rid)) parsed.reset();
  return parsed;
}

void pack_times(const record::UserContentAudio& row, uint8_t bits, Packer& out) {
  out.number(row.creation_time);
  if (!(bits & kUpdatedWhenCreated)) out.number(row.updated_at);
  if (row.last_played_at && !(bits & kPlayedWhenUpdated)) out.number(*row.last_played_at);
}

void unpack_times(Unpacker& in, uint8_t bits, record::UserContentAudio& row) {
  row.creation_time = row.updated_at = in.number();
  if (!(bits & kUpdatedWhenCreated)) {
    row.updated_at = in.number();
    if (same(row.updated_at, row.creation_time)) in.fail();
  }
  row.last_played_at.reset();
  if (!(bits & kLastPlayedAt)) return;
  row.last_played_at = row.updated_at;
  if (bits & kPlayedWhenUpdated) return;
  row.last_played_at = in.number();
  if (same(*row.last_played_at, row.updated_at)) in.fail();
}

void unpack_id(Unpacker& in, bool derived, Rid rid, std::string& id) {
  if (!derived) {
    in.id(id);
    if (derived_of(id, rid)) in.fail();
    return;
  }
  const uint32_t ledger = read_be32(in.take(4));
  const uint64_t partition = in.varint();
  if (ledger >> 30 != 0 || partition > std::numeric_limits<uint16_t>::max()) in.fail();
  write_derived_id({ledger, static_cast<uint32_t>(partition), Offset{raw(rid)}}, id);
}

}  // namespace

void encode_image(const record::UserContentAudio& row, Rid rid, std::string& out) {
  const auto derived = derived_of(row.id, rid);
  const bool played_when_updated = row.last_played_at && same(*row.last_played_at, row.updated_at);
  const auto bits = static_cast<uint8_t>(
      static_cast<int>(row.content_type) | (row.last_played_at ? kLastPlayedAt : 0) |
      (same(row.updated_at, row.creation_time) ? kUpdatedWhenCreated : 0) |
      (played_when_updated ? kPlayedWhenUpdated : 0) | (derived ? kDerivedId : 0));
  Packer pack_to(out);
  pack_to.byte(bits);
  if (derived) {
    append_be32(out, derived->ledger);
    pack_to.varint(derived->partition);
  } else {
    pack_to.id(row.id);
  }
  pack_times(row, bits, pack_to);
  pack_to.number(row.play_count);
  pack_to.id(row.user_id);
  pack_to.id(row.content_audio_id);
  pack_to.id(row.content_id);
}

void decode_image(std::string_view image, Rid rid, record::UserContentAudio& row) {
  Unpacker in(image, "a row of userContentAudios");
  const uint8_t bits = in.byte();
  if (bits >= 2 * kDerivedId ||
      (bits & (kLastPlayedAt | kPlayedWhenUpdated)) == kPlayedWhenUpdated) {
    in.fail();
  }
  row.content_type = enumerant<record::ContentType>(bits & 3U, 3, in);
  unpack_id(in, (bits & kDerivedId) != 0, rid, row.id);
  unpack_times(in, bits, row);
  row.play_count = in.number();
  in.id(row.user_id);
  in.id(row.content_audio_id);
  in.id(row.content_id);
  in.finish();
}

template <typename Record>
std::string encode_row(const Stored<Record>& stored) {
  const int64_t age = ledger::raw(stored.from) - raw(stored.rid);
  LEDGER_ASSERT(age >= 0, "rid {} from {}", raw(stored.rid), ledger::raw(stored.from));
  std::string value;
  Packer(value).varint(static_cast<uint64_t>(age));
  encode_image(stored.row, stored.rid, value);
  return value;
}

RowBytes split_row(Rid rid, std::string_view value) {
  Unpacker in(value, "a row");
  const int64_t age = ledger::raw(in.offset());
  if (age > std::numeric_limits<int64_t>::max() - raw(rid)) in.fail();
  return {Offset{raw(rid) + age}, in.rest()};
}

template <typename Record>
Stored<Record> decode_row(Rid rid, std::string_view value) {
  const RowBytes bytes = split_row(rid, value);
  Stored<Record> stored{rid, bytes.from, {}};
  decode_image(bytes.image, rid, stored.row);
  return stored;
}

template std::string encode_row(const Stored<record::ContentAudio>&);
template std::string encode_row(const Stored<record::UserContentAudio>&);
template Stored<record::ContentAudio> decode_row(Rid, std::string_view);
template Stored<record::UserContentAudio> decode_row(Rid, std::string_view);

}  // namespace ledger::store
