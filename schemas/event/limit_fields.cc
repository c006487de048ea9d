#include "schemas/event/limit_fields.h"

#include "schemas/base/assert.h"

namespace ledger::event {

namespace {

class Collector {
 public:
  explicit Collector(Fields& fields) : fields_(fields) {}

  void text(TextSlot slot, std::string_view name, std::string_view value) {
    fields_.texts[slot] = {name, value};
  }
  template <typename Text>
  void text(TextSlot slot, std::string_view name, const std::optional<Text>& value) {
    if (value) text(slot, name, std::string_view(*value));
  }
  void number(std::string_view name, double value, NumberKind kind) {
    LEDGER_ASSERT(fields_.number_count < kNumbersMax, "{} of {}", fields_.number_count,
                  kNumbersMax);
    fields_.numbers[fields_.number_count++] = {name, value, kind};
  }
  void number(std::string_view name, const std::optional<double>& value, NumberKind kind) {
    if (value) number(name, *value, kind);
  }
  template <typename Enumeration>
  void enumeration(std::string_view name, Enumeration value) {
    if (value == Enumeration::kUnset && fields_.unset.empty()) fields_.unset = name;
  }
  void error_message(std::string_view name, bool given, bool failed) {
    if (given != failed) fields_.error_message_rule = name;
  }

 private:
  Fields& fields_;
};

void collect_envelope(const Event& event, Collector& out) {
  out.number("occurredAt", event.occurred_at, NumberKind::kTime);
  out.enumeration("actor.kind", event.actor.kind);
  out.text(kActorId, "actor.id", event.actor.id);
  out.text(kSource, "source", event.source);
  out.text(kCorrelationId, "correlationId", event.correlation_id);
  out.text(kCausationId, "causationId", event.causation_id);
}

struct CollectPayload {
  Collector& out;

  void operator()(const AudioCreated& payload) const {
    out.text(kContentAudioId, "audioCreated.contentAudioId", payload.content_audio_id);
    out.text(kContentId, "audioCreated.contentId", payload.content_id);
    out.enumeration("audioCreated.contentType", payload.content_type);
    out.enumeration("audioCreated.locale", payload.locale);
    out.text(kContentHash, "audioCreated.contentHash", payload.content_hash);
    out.text(kVoiceId, "audioCreated.voiceId", payload.voice_id);
    if (!payload.voice_settings) return;
    const auto& settings = *payload.voice_settings;
    out.number("audioCreated.voiceSettings.stability", settings.stability, NumberKind::kPlain);
    out.number("audioCreated.voiceSettings.similarityBoost", settings.similarity_boost,
               NumberKind::kPlain);
    out.number("audioCreated.voiceSettings.style", settings.style, NumberKind::kPlain);
  }

  void operator()(const StatusChanged& payload) const {
    out.text(kContentAudioId, "statusChanged.contentAudioId", payload.content_audio_id);
    out.text(kContentId, "statusChanged.contentId", payload.content_id);
    out.text(kContentHash, "statusChanged.contentHash", payload.content_hash);
    out.enumeration("statusChanged.status", payload.status);
    out.text(kScript, "statusChanged.script", payload.script);
    out.text(kErrorMessage, "statusChanged.errorMessage", payload.error_message);
    out.error_message("statusChanged.errorMessage", payload.error_message.has_value(),
                      payload.status == record::Status::kFailed);
    if (!payload.audio) return;
    out.text(kAudioStorageId, "statusChanged.audio.audioStorageId", payload.audio->storage_id);
    out.number("statusChanged.audio.audioDuration", payload.audio->duration, NumberKind::kAmount);
    out.number("statusChanged.audio.audioSize", payload.audio->size, NumberKind::kAmount);
  }

  void operator()(const ContentChanged& payload) const {
    out.text(kContentId, "contentChanged.contentId", payload.content_id);
    out.enumeration("contentChanged.contentType", payload.content_type);
    out.text(kContentHash, "contentChanged.contentHash", payload.content_hash);
  }

  void operator()(const AudioDeleted& payload) const {
    out.text(kContentAudioId, "audioDeleted.contentAudioId", payload.content_audio_id);
    out.text(kContentId, "audioDeleted.contentId", payload.content_id);
  }

  void operator()(const AccessRecorded& payload) const {
    out.text(kUserId, "accessRecorded.userId", payload.user_id);
    out.text(kContentAudioId, "accessRecorded.contentAudioId", payload.content_audio_id);
    out.text(kContentId, "accessRecorded.contentId", payload.content_id);
    out.enumeration("accessRecorded.contentType", payload.content_type);
  }

  void operator()(const PlayRecorded& payload) const {
    out.text(kUserId, "playRecorded.userId", payload.user_id);
    out.text(kContentAudioId, "playRecorded.contentAudioId", payload.content_audio_id);
    out.text(kContentId, "playRecorded.contentId", payload.content_id);
    out.enumeration("playRecorded.contentType", payload.content_type);
  }

  void operator()(const RecordImported& payload) const { std::visit(*this, payload.row); }

  void operator()(const ImportedContentAudio& imported) const {
    const record::ContentAudio& row = imported.row;
    out.text(kContentAudioId, "recordImported.contentAudios._id", row.id);
    out.number("recordImported.contentAudios._creationTime", row.creation_time, NumberKind::kTime);
    out.text(kContentId, "recordImported.contentAudios.contentId", row.content_id);
    out.enumeration("recordImported.contentAudios.contentType", row.content_type);
    out.enumeration("recordImported.contentAudios.locale", row.locale);
    out.text(kContentHash, "recordImported.contentAudios.contentHash", row.content_hash);
    out.text(kVoiceId, "recordImported.contentAudios.voiceId", row.voice_id);
    imported_settings(row);
    out.enumeration("recordImported.contentAudios.status", row.status);
    out.text(kScript, "recordImported.contentAudios.script", imported.script);
    out.text(kAudioStorageId, "recordImported.contentAudios.audioStorageId", row.audio_storage_id);
    out.number("recordImported.contentAudios.audioDuration", row.audio_duration,
               NumberKind::kAmount);
    out.number("recordImported.contentAudios.audioSize", row.audio_size, NumberKind::kAmount);
    out.text(kErrorMessage, "recordImported.contentAudios.errorMessage", imported.error_message);
    out.number("recordImported.contentAudios.failedAt", row.failed_at, NumberKind::kTime);
    out.number("recordImported.contentAudios.generationAttempts", row.generation_attempts,
               NumberKind::kAmount);
    out.number("recordImported.contentAudios.updatedAt", row.updated_at, NumberKind::kTime);
  }

  void imported_settings(const record::ContentAudio& row) const {
    if (!row.voice_settings) return;
    const auto& settings = *row.voice_settings;
    out.number("recordImported.contentAudios.voiceSettings.stability", settings.stability,
               NumberKind::kPlain);
    out.number("recordImported.contentAudios.voiceSettings.similarityBoost",
               settings.similarity_boost, NumberKind::kPlain);
    out.number("recordImported.contentAudios.voiceSettings.style", settings.style,
               NumberKind::kPlain);
  }

  void operator()(const record::UserContentAudio& row) const {
    out.text(kListeningId, "recordImported.userContentAudios._id", row.id);
    out.number("recordImported.userContentAudios._creationTime", row.creation_time,
               NumberKind::kTime);
    out.text(kUserId, "recordImported.userContentAudios.userId", row.user_id);
    out.text(kContentAudioId, "recordImported.userContentAudios.contentAudioId",
             row.content_audio_id);
    out.text(kContentId, "recordImported.userContentAudios.contentId", row.content_id);
    out.enumeration("recordImported.userContentAudios.contentType", row.content_type);
    out.number("recordImported.userContentAudios.playCount", row.play_count, NumberKind::kAmount);
    out.number("recordImported.userContentAudios.lastPlayedAt", row.last_played_at,
               NumberKind::kTime);
    out.number("recordImported.userContentAudios.updatedAt", row.updated_at, NumberKind::kTime);
  }

  void operator()(const LedgerOpened&) const {}
};

}  // namespace

void collect(const Event& event, Fields& fields) {
  Collector out(fields);
  collect_envelope(event, out);
  std::visit(CollectPayload{out}, event.payload);
}

}  // namespace ledger::event
