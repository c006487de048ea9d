#include "tests/support/fold/folded_log.h"

#include "schemas/base/assert.h"

namespace ledger::testing {

namespace {

constexpr Uuid kLedgerId = {0x01, 0x97, 0xa1, 0xc2, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1};

Uuid numbered_id(uint64_t number) {
  Uuid id{};
  for (size_t i = 0; i < 8; ++i) id[15 - i] = static_cast<uint8_t>(number >> (8 * i));
  return id;
}

template <typename Listened>
Listened listened(std::string_view user_id, std::string_view audio_id,
                  std::string_view content_id) {
  Listened payload;
  payload.user_id = user_id;
  payload.content_audio_id = audio_id;
  payload.content_id = content_id;
  payload.content_type = record::ContentType::kArticle;
  return payload;
}

}  // namespace

event::Event event_of(const event::Payload& payload, double occurred_at) {
  static uint64_t events = 0;
  event::Event event;
  event.event_id = numbered_id(++events);
  event.occurred_at = occurred_at;
  event.actor = {event::ActorKind::kService, "tests"};
  event.source = "tests/1";
  event.payload = payload;
  return event;
}

event::AudioCreated audio_created(std::string_view audio_id, std::string_view content_id,
                                  std::string_view voice_id, std::string_view hash) {
  return {audio_id, content_id,  record::ContentType::kArticle, record::Locale::kEn, hash,
          voice_id, std::nullopt};
}

event::StatusChanged status_changed(std::string_view audio_id, record::Status status,
                                    std::string_view content_id, std::string_view hash) {
  event::StatusChanged payload;
  payload.content_audio_id = audio_id;
  payload.content_id = content_id;
  payload.content_hash = hash;
  payload.status = status;
  if (status == record::Status::kFailed) payload.error_message = "the voice is gone";
  return payload;
}

event::StatusChanged with_audio(event::StatusChanged payload, std::string_view storage_id) {
  payload.audio = event::Audio{storage_id, 61.5, 4096};
  return payload;
}

event::ContentChanged content_changed(std::string_view content_id, std::string_view hash) {
  return {content_id, record::ContentType::kArticle, hash};
}

event::AudioDeleted audio_deleted(std::string_view audio_id, std::string_view content_id) {
  return {audio_id, content_id};
}

event::PlayRecorded play(std::string_view user_id, std::string_view audio_id,
                         std::string_view content_id) {
  return listened<event::PlayRecorded>(user_id, audio_id, content_id);
}

event::AccessRecorded access(std::string_view user_id, std::string_view audio_id,
                             std::string_view content_id) {
  return listened<event::AccessRecorded>(user_id, audio_id, content_id);
}

record::ContentAudio audio_row(std::string_view id, std::string_view content_id,
                               std::string_view voice_id) {
  record::ContentAudio row;
  row.id = id;
  row.creation_time = kT - 1000;
  row.content_id = content_id;
  row.content_type = record::ContentType::kArticle;
  row.locale = record::Locale::kId;
  row.content_hash = "h1";
  row.voice_id = voice_id;
  row.status = record::Status::kCompleted;
  row.audio_storage_id = "s9";
  row.generation_attempts = 2;
  row.updated_at = kT;
  return row;
}

record::UserContentAudio listening_row(std::string_view id, std::string_view user_id,
                                       std::string_view content_id) {
  record::UserContentAudio row;
  row.id = id;
  row.creation_time = kT - 1000;
  row.user_id = user_id;
  row.content_audio_id = "ca1";
  row.content_id = content_id;
  row.content_type = record::ContentType::kArticle;
  row.play_count = 7;
  row.last_played_at = kT - 10;
  row.updated_at = kT;
  return row;
}

event::RecordImported imported(const record::ContentAudio& row) {
  return {event::ImportedContentAudio{row, std::nullopt, std::nullopt}};
}

event::RecordImported imported(const record::UserContentAudio& row) { return {row}; }

event::LedgerOpened ledger_opened() { return {kLedgerId, 0, 1, false}; }

FoldedLog::FoldedLog(int32_t partition_count, Partition partition)
    : shard_{kLedgerId, partition, partition_count}, fold_(shard_) {}

const fold::Result& FoldedLog::send(const event::Event& event) {
  const std::string_view key = event::content_id(event.payload);
  const bool keyed = !std::holds_alternative<event::LedgerOpened>(event.payload);
  return send_raw(keyed ? std::optional(key) : std::nullopt, encoded(event));
}

const fold::Result& FoldedLog::send(const event::Payload& payload, double occurred_at) {
  return send(event_of(payload, occurred_at));
}

const fold::Result& FoldedLog::send_raw(std::optional<std::string_view> key,
                                        std::optional<std::string_view> value) {
  const Offset offset = next_;
  next_ = ledger::next(next_);
  state_.keep(offset, value);
  result_ = fold_.fold({offset, log_time_ms_, key, value}, state_);
  state_.apply(offset, result_);
  return result_;
}

const record::ContentAudio& FoldedLog::audio(const std::string& id) const {
  const auto found = state_.audios().find(id);
  LEDGER_ASSERT(found != state_.audios().end(), "no audio {}", id);
  return found->second.row;
}

const record::UserContentAudio& FoldedLog::listening(const std::string& user_id,
                                                     const std::string& content_id) const {
  for (const auto& [id, stored] : state_.listenings()) {
    if (stored.row.user_id == user_id && stored.row.content_id == content_id) return stored.row;
  }
  LEDGER_ASSERT(false, "no row of {} and {}", user_id, content_id);
  return state_.listenings().begin()->second.row;
}

}  // namespace ledger::testing
