#include "tests/unit/event/samples.h"

namespace ledger::event {

Event with_envelope(Payload payload) {
  Event event;
  event.event_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  event.occurred_at = 1770832800000.5;
  event.actor = {ActorKind::kUser, "u1"};
  event.source = "test/1";
  event.payload = std::move(payload);
  return event;
}

Event sample_play() {
  PlayRecorded play;
  play.user_id = "u1";
  play.content_audio_id = "ca1";
  play.content_id = "c1";
  play.content_type = record::ContentType::kArticle;
  return with_envelope(play);
}

Event sample_status(record::Status status) {
  StatusChanged changed;
  changed.content_audio_id = "ca1";
  changed.content_id = "c1";
  changed.content_hash = "h1";
  changed.status = status;
  return with_envelope(changed);
}

Event sample_created() {
  AudioCreated created;
  created.content_audio_id = "ca1";
  created.content_id = "c1";
  created.content_type = record::ContentType::kSubject;
  created.locale = record::Locale::kId;
  created.content_hash = "h1";
  created.voice_id = "v1";
  return with_envelope(created);
}

Event sample_genesis() {
  LedgerOpened opened;
  opened.ledger_id.fill(9);
  opened.partition = 1;
  opened.partition_count = 2;
  return with_envelope(opened);
}

Event sample_imported_audio() {
  ImportedContentAudio imported;
  imported.row = {.id = "ca1",
                  .creation_time = 1,
                  .content_id = "c1",
                  .content_type = record::ContentType::kArticle,
                  .locale = record::Locale::kEn,
                  .content_hash = "h1",
                  .voice_id = "v1",
                  .voice_settings = {},
                  .status = record::Status::kPending,
                  .script = {},
                  .audio_storage_id = {},
                  .audio_duration = {},
                  .audio_size = {},
                  .error_message = {},
                  .failed_at = {},
                  .generation_attempts = 0,
                  .updated_at = 2};
  return with_envelope(RecordImported{imported});
}

Event sample_imported_listening() {
  return with_envelope(
      RecordImported{record::UserContentAudio{.id = "x1",
                                              .creation_time = 1,
                                              .user_id = "u1",
                                              .content_audio_id = "ca1",
                                              .content_id = "c1",
                                              .content_type = record::ContentType::kArticle,
                                              .play_count = 0,
                                              .last_played_at = {},
                                              .updated_at = 2}});
}

std::string outcome_of(const Decoded& decoded) {
  const auto* rejection = std::get_if<Rejection>(&decoded);
  if (rejection == nullptr) return "event";
  std::string out(to_text(rejection->code));
  return rejection->field.empty() ? out : out.append(" ").append(rejection->field);
}

}  // namespace ledger::event
