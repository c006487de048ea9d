// Event -> value bytes: always one segment, its objects in the order of the fields, so that equal
// events have equal bytes whatever version of the library writes them.
#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include <capnp/message.h>

#include "schemas/base/assert.h"
#include "schemas/event/codec.h"
#include "schemas/event/members.h"
#include "schemas/wire/event.capnp.h"

namespace ledger::event {

namespace {

using capnp::word;

// Enough for the structs and ids of any payload; its text comes on top.
constexpr size_t kStructWordsMax = 96;
// Up to here the message is built on the stack.
constexpr size_t kStackWords = 512;

// Text is copied into place: setX() takes only text that a NUL follows.
unsigned length(std::string_view text) { return static_cast<unsigned>(text.size()); }
void fill(capnp::Text::Builder out, std::string_view text) {
  std::copy(text.begin(), text.end(), out.begin());
}

capnp::Data::Reader data(const Uuid& uuid) { return {uuid.data(), uuid.size()}; }

// An absent number leaves its none/some group at none, which is all zero.
template <typename Group>
void set_number(Group group, const std::optional<double>& value) {
  if (value) group.setSome(*value);
}

template <typename Wire, typename Enumeration>
Wire wire_enum(Enumeration value) {
  return static_cast<Wire>(value);
}

// Adds up the words of all text.
struct TextWords {
  size_t words = 0;

  void operator()(std::string_view, std::string_view value) { words += value.size() / 8 + 1; }
  template <typename T>
  void operator()(std::string_view name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }
  void operator()(std::string_view, const Audio& audio) { members(audio, *this); }
  template <typename T>
  void operator()(std::string_view, const T&) {}
};

size_t words_max(const Event& event) {
  TextWords texts;
  texts("", event.actor.id);
  texts("", event.source);
  texts("", event.correlation_id);
  texts("", event.causation_id);
  const auto add = [&](const auto& object) { members(object, texts); };
  if (const auto* imported = std::get_if<RecordImported>(&event.payload)) {
    std::visit(add, imported->row);
  } else {
    std::visit(
        [&](const auto& payload) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(payload)>, RecordImported>) {
            add(payload);
          }
        },
        event.payload);
  }
  return kStructWordsMax + texts.words;
}

void build(wire::VoiceSettings::Builder out, const record::VoiceSettings& settings) {
  set_number(out.getStability(), settings.stability);
  set_number(out.getSimilarityBoost(), settings.similarity_boost);
  set_number(out.getStyle(), settings.style);
}

void build(wire::ContentAudio::Builder out, const ImportedContentAudio& imported) {
  const record::ContentAudio& row = imported.row;
  fill(out.initId(length(row.id)), row.id);
  out.setCreationTime(row.creation_time);
  fill(out.initContentId(length(row.content_id)), row.content_id);
  out.setContentType(wire_enum<wire::ContentType>(row.content_type));
  out.setLocale(wire_enum<wire::Locale>(row.locale));
  fill(out.initContentHash(length(row.content_hash)), row.content_hash);
  fill(out.initVoiceId(length(row.voice_id)), row.voice_id);
  if (row.voice_settings) build(out.initVoiceSettings(), *row.voice_settings);
  out.setStatus(wire_enum<wire::Status>(row.status));
  if (imported.script) fill(out.initScript(length(*imported.script)), *imported.script);
  if (row.audio_storage_id)
    fill(out.initAudioStorageId(length(*row.audio_storage_id)), *row.audio_storage_id);
  set_number(out.getAudioDuration(), row.audio_duration);
  set_number(out.getAudioSize(), row.audio_size);
  if (imported.error_message)
    fill(out.initErrorMessage(length(*imported.error_message)), *imported.error_message);
  set_number(out.getFailedAt(), row.failed_at);
  out.setGenerationAttempts(row.generation_attempts);
  out.setUpdatedAt(row.updated_at);
}

void build(wire::UserContentAudio::Builder out, const record::UserContentAudio& row) {
  fill(out.initId(length(row.id)), row.id);
  out.setCreationTime(row.creation_time);
  fill(out.initUserId(length(row.user_id)), row.user_id);
  fill(out.initContentAudioId(length(row.content_audio_id)), row.content_audio_id);
  fill(out.initContentId(length(row.content_id)), row.content_id);
  out.setContentType(wire_enum<wire::ContentType>(row.content_type));
  out.setPlayCount(row.play_count);
  set_number(out.getLastPlayedAt(), row.last_played_at);
  out.setUpdatedAt(row.updated_at);
}

void build(wire::Listened::Builder out, const Listened& payload) {
  fill(out.initUserId(length(payload.user_id)), payload.user_id);
  fill(out.initContentAudioId(length(payload.content_audio_id)), payload.content_audio_id);
  fill(out.initContentId(length(payload.content_id)), payload.content_id);
  out.setContentType(wire_enum<wire::ContentType>(payload.content_type));
}

struct BuildPayload {
  wire::Event::Payload::Builder payload;

  void operator()(const AudioCreated& in) {
    auto out = payload.initAudioCreated();
    fill(out.initContentAudioId(length(in.content_audio_id)), in.content_audio_id);
    fill(out.initContentId(length(in.content_id)), in.content_id);
    out.setContentType(wire_enum<wire::ContentType>(in.content_type));
    out.setLocale(wire_enum<wire::Locale>(in.locale));
    fill(out.initContentHash(length(in.content_hash)), in.content_hash);
    fill(out.initVoiceId(length(in.voice_id)), in.voice_id);
    if (in.voice_settings) build(out.initVoiceSettings(), *in.voice_settings);
  }
  void operator()(const StatusChanged& in) {
    auto out = payload.initStatusChanged();
    fill(out.initContentAudioId(length(in.content_audio_id)), in.content_audio_id);
    fill(out.initContentId(length(in.content_id)), in.content_id);
    fill(out.initContentHash(length(in.content_hash)), in.content_hash);
    out.setStatus(wire_enum<wire::Status>(in.status));
    if (in.script) fill(out.initScript(length(*in.script)), *in.script);
    if (in.audio) {
      auto audio = out.initAudio();
      fill(audio.initAudioStorageId(length(in.audio->storage_id)), in.audio->storage_id);
      audio.setAudioDuration(in.audio->duration);
      audio.setAudioSize(in.audio->size);
    }
    if (in.error_message) fill(out.initErrorMessage(length(*in.error_message)), *in.error_message);
  }
  void operator()(const ContentChanged& in) {
    auto out = payload.initContentChanged();
    fill(out.initContentId(length(in.content_id)), in.content_id);
    out.setContentType(wire_enum<wire::ContentType>(in.content_type));
    fill(out.initContentHash(length(in.content_hash)), in.content_hash);
  }
  void operator()(const AudioDeleted& in) {
    auto out = payload.initAudioDeleted();
    fill(out.initContentAudioId(length(in.content_audio_id)), in.content_audio_id);
    fill(out.initContentId(length(in.content_id)), in.content_id);
  }
  void operator()(const AccessRecorded& in) { build(payload.initAccessRecorded(), in); }
  void operator()(const PlayRecorded& in) { build(payload.initPlayRecorded(), in); }
  void operator()(const RecordImported& in) {
    auto out = payload.initRecordImported();
    if (const auto* audio = std::get_if<ImportedContentAudio>(&in.row)) {
      build(out.initContentAudios(), *audio);
    } else {
      build(out.initUserContentAudios(), std::get<record::UserContentAudio>(in.row));
    }
  }
  void operator()(const LedgerOpened& in) {
    auto out = payload.initLedgerOpened();
    out.setLedgerId(data(in.ledger_id));
    out.setPartition(in.partition);
    out.setPartitionCount(in.partition_count);
    out.setEphemeral(in.ephemeral);
  }
};

void build(wire::Event::Builder out, const Event& event) {
  out.setEventId(data(event.event_id));
  out.setOccurredAt(event.occurred_at);
  auto actor = out.initActor();
  actor.setKind(wire_enum<wire::ActorKind>(event.actor.kind));
  fill(actor.initId(length(event.actor.id)), event.actor.id);
  fill(out.initSource(length(event.source)), event.source);
  if (event.correlation_id)
    fill(out.initCorrelationId(length(*event.correlation_id)), *event.correlation_id);
  if (event.causation_id)
    fill(out.initCausationId(length(*event.causation_id)), *event.causation_id);
  std::visit(BuildPayload{out.getPayload()}, event.payload);
}

void append_le32(std::string& out, size_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

// Precondition: `scratch` is all zero and words_max(event) long.
void encode_in(kj::ArrayPtr<word> scratch, const Event& event, std::string& out) {
  capnp::MallocMessageBuilder message(scratch);
  build(message.initRoot<wire::Event>(), event);
  const auto segments = message.getSegmentsForOutput();
  LEDGER_ASSERT(segments.size() == 1, "{} segments for {} words", segments.size(), scratch.size());
  append_le32(out, 0);
  append_le32(out, segments[0].size());
  const auto bytes = segments[0].asChars();
  out.append(bytes.begin(), bytes.size());
}

}  // namespace

void encode(const Event& event, std::string& out) {
  const size_t words = words_max(event);
  if (words <= kStackWords) {
    std::array<word, kStackWords> scratch;
    std::fill_n(reinterpret_cast<uint64_t*>(scratch.data()), words, 0);
    encode_in(kj::arrayPtr(scratch.data(), words), event, out);
  } else {
    const auto scratch = std::make_unique<word[]>(words);
    encode_in(kj::arrayPtr(scratch.get(), words), event, out);
  }
}

}  // namespace ledger::event
