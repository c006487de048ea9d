#include "schemas/event/walk.h"

#include <algorithm>

namespace ledger::event {

namespace {

std::string_view view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

class Walk {
 public:
  explicit Walk(WalkResult& result) : result_(result) {}

  void event(wire::Event::Reader in, Event& out);

 private:
  void payload(wire::Event::Payload::Reader in, Payload& out);
  void fields(wire::AudioCreated::Reader in, AudioCreated& out);
  void fields(wire::StatusChanged::Reader in, StatusChanged& out);
  void fields(wire::ContentChanged::Reader in, ContentChanged& out);
  void fields(wire::AudioDeleted::Reader in, AudioDeleted& out);
  void fields(wire::Listened::Reader in, Listened& out);
  void fields(wire::RecordImported::Reader in, RecordImported& out);
  void fields(wire::ContentAudio::Reader in, ImportedContentAudio& out);
  void fields(wire::UserContentAudio::Reader in, record::UserContentAudio& out);
  void fields(wire::LedgerOpened::Reader in, LedgerOpened& out);
  record::VoiceSettings voice_settings(wire::VoiceSettings::Reader in);

  // `last` is the highest enumerant that this program knows.
  template <typename To, typename From>
  To enumeration(From value, To last) {
    const auto number = static_cast<uint16_t>(value);
    if (number <= static_cast<uint16_t>(last)) return static_cast<To>(number);
    result_.undecodable = true;
    return To::kUnset;
  }
  record::ContentType content_type(wire::ContentType value) {
    return enumeration(value, record::ContentType::kSubject);
  }
  record::Status status(wire::Status value) { return enumeration(value, record::Status::kFailed); }
  record::Locale locale(wire::Locale value) { return enumeration(value, record::Locale::kId); }

  // A none/some group.
  template <typename Group>
  std::optional<double> number(Group group) {
    if (group.isSome()) return group.getSome();
    if (!group.isNone()) result_.undecodable = true;
    return std::nullopt;
  }
  void uuid(capnp::Data::Reader in, Uuid& out, std::string_view name) {
    if (in.size() == out.size()) {
      std::copy(in.begin(), in.end(), out.begin());
    } else if (result_.wrong_uuid.empty()) {
      result_.wrong_uuid = name;
    }
  }

  WalkResult& result_;
};

void Walk::event(wire::Event::Reader in, Event& out) {
  uuid(in.getEventId(), out.event_id, "eventId");
  out.occurred_at = in.getOccurredAt();
  const auto actor = in.getActor();
  out.actor.kind = enumeration(actor.getKind(), ActorKind::kSystem);
  out.actor.id = view(actor.getId());
  out.source = view(in.getSource());
  if (in.hasCorrelationId()) out.correlation_id = view(in.getCorrelationId());
  if (in.hasCausationId()) out.causation_id = view(in.getCausationId());
  payload(in.getPayload(), out.payload);
}

void Walk::payload(wire::Event::Payload::Reader in, Payload& out) {
  switch (in.which()) {
    case wire::Event::Payload::UNSET:
      result_.unset_payload = "payload";
      return;
    case wire::Event::Payload::AUDIO_CREATED:
      return fields(in.getAudioCreated(), out.emplace<AudioCreated>());
    case wire::Event::Payload::STATUS_CHANGED:
      return fields(in.getStatusChanged(), out.emplace<StatusChanged>());
    case wire::Event::Payload::CONTENT_CHANGED:
      return fields(in.getContentChanged(), out.emplace<ContentChanged>());
    case wire::Event::Payload::AUDIO_DELETED:
      return fields(in.getAudioDeleted(), out.emplace<AudioDeleted>());
    case wire::Event::Payload::ACCESS_RECORDED:
      return fields(in.getAccessRecorded(), out.emplace<AccessRecorded>());
    case wire::Event::Payload::PLAY_RECORDED:
      return fields(in.getPlayRecorded(), out.emplace<PlayRecorded>());
    case wire::Event::Payload::RECORD_IMPORTED:
      return fields(in.getRecordImported(), out.emplace<RecordImported>());
    case wire::Event::Payload::LEDGER_OPENED:
      return fields(in.getLedgerOpened(), out.emplace<LedgerOpened>());
  }
  result_.unknown_payload = true;
}

void Walk::fields(wire::AudioCreated::Reader in, AudioCreated& out) {
  out.content_audio_id = view(in.getContentAudioId());
  out.content_id = view(in.getContentId());
  out.content_type = content_type(in.getContentType());
  out.locale = locale(in.getLocale());
  out.content_hash = view(in.getContentHash());
  out.voice_id = view(in.getVoiceId());
  if (in.hasVoiceSettings()) out.voice_settings = voice_settings(in.getVoiceSettings());
}

void Walk::fields(wire::StatusChanged::Reader in, StatusChanged& out) {
  out.content_audio_id = view(in.getContentAudioId());
  out.content_id = view(in.getContentId());
  out.content_hash = view(in.getContentHash());
  out.status = status(in.getStatus());
  if (in.hasScript()) out.script = view(in.getScript());
  if (in.hasAudio()) {
    const auto audio = in.getAudio();
    out.audio =
        Audio{view(audio.getAudioStorageId()), audio.getAudioDuration(), audio.getAudioSize()};
  }
  if (in.hasErrorMessage()) out.error_message = view(in.getErrorMessage());
}

void Walk::fields(wire::ContentChanged::Reader in, ContentChanged& out) {
  out.content_id = view(in.getContentId());
  out.content_type = content_type(in.getContentType());
  out.content_hash = view(in.getContentHash());
}

void Walk::fields(wire::AudioDeleted::Reader in, AudioDeleted& out) {
  out.content_audio_id = view(in.getContentAudioId());
  out.content_id = view(in.getContentId());
}

void Walk::fields(wire::Listened::Reader in, Listened& out) {
  out.user_id = view(in.getUserId());
  out.content_audio_id = view(in.getContentAudioId());
  out.content_id = view(in.getContentId());
  out.content_type = content_type(in.getContentType());
}

void Walk::fields(wire::RecordImported::Reader in, RecordImported& out) {
  switch (in.which()) {
    case wire::RecordImported::UNSET:
      result_.unset_payload = "recordImported";
      return;
    case wire::RecordImported::CONTENT_AUDIOS:
      return fields(in.getContentAudios(), out.row.emplace<ImportedContentAudio>());
    case wire::RecordImported::USER_CONTENT_AUDIOS:
      return fields(in.getUserContentAudios(), out.row.emplace<record::UserContentAudio>());
  }
  result_.unknown_payload = true;
}

void Walk::fields(wire::ContentAudio::Reader in, ImportedContentAudio& out) {
  record::ContentAudio& row = out.row;
  row.id = view(in.getId());
  row.creation_time = in.getCreationTime();
  row.content_id = view(in.getContentId());
  row.content_type = content_type(in.getContentType());
  row.locale = locale(in.getLocale());
  row.content_hash = view(in.getContentHash());
  row.voice_id = view(in.getVoiceId());
  if (in.hasVoiceSettings()) row.voice_settings = voice_settings(in.getVoiceSettings());
  row.status = status(in.getStatus());
  if (in.hasScript()) out.script = view(in.getScript());
  if (in.hasAudioStorageId()) row.audio_storage_id = view(in.getAudioStorageId());
  row.audio_duration = number(in.getAudioDuration());
  row.audio_size = number(in.getAudioSize());
  if (in.hasErrorMessage()) out.error_message = view(in.getErrorMessage());
  row.failed_at = number(in.getFailedAt());
  row.generation_attempts = in.getGenerationAttempts();
  row.updated_at = in.getUpdatedAt();
}

void Walk::fields(wire::UserContentAudio::Reader in, record::UserContentAudio& out) {
  out.id = view(in.getId());
  out.creation_time = in.getCreationTime();
  out.user_id = view(in.getUserId());
  out.content_audio_id = view(in.getContentAudioId());
  out.content_id = view(in.getContentId());
  out.content_type = content_type(in.getContentType());
  out.play_count = in.getPlayCount();
  out.last_played_at = number(in.getLastPlayedAt());
  out.updated_at = in.getUpdatedAt();
}

void Walk::fields(wire::LedgerOpened::Reader in, LedgerOpened& out) {
  uuid(in.getLedgerId(), out.ledger_id, "ledgerOpened.ledgerId");
  out.partition = in.getPartition();
  out.partition_count = in.getPartitionCount();
  out.ephemeral = in.getEphemeral();
}

record::VoiceSettings Walk::voice_settings(wire::VoiceSettings::Reader in) {
  return {number(in.getStability()), number(in.getSimilarityBoost()), number(in.getStyle())};
}

}  // namespace

WalkResult walk(wire::Event::Reader in, Event& event) {
  WalkResult result;
  Walk(result).event(in, event);
  return result;
}

}  // namespace ledger::event
