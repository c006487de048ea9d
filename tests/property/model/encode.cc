#include "tests/property/model/encode.h"

#include <algorithm>

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/schema.h>
#include <capnp/serialize.h>
#include <kj/array.h>

#include "schemas/event/codec.h"
#include "schemas/wire/event.capnp.h"

namespace ledger::model {

namespace {

// Reads the fields of a fact as the members of an event. Lifetime: text is the fact's.
struct Members {
  const Row& row;

  std::string_view text(std::string_view name) const {
    return std::get<std::string>(row.find(name)->second);
  }
  std::optional<std::string_view> maybe_text(std::string_view name) const {
    if (row.find(name) == row.end()) return std::nullopt;
    return text(name);
  }
  std::string owned(std::string_view name) const { return std::string(text(name)); }
  double number(std::string_view name) const { return std::get<double>(row.find(name)->second); }
  std::optional<double> maybe_number(std::string_view name) const {
    if (row.find(name) == row.end()) return std::nullopt;
    return number(name);
  }
  record::ContentType content_type() const {
    return record::content_type_from(text("contentType")).value_or(record::ContentType::kUnset);
  }
  record::Locale locale() const {
    return record::locale_from(text("locale")).value_or(record::Locale::kUnset);
  }
  // "9" is an enumerant that no schema has yet.
  record::Status status() const {
    if (text("status") == "9") return static_cast<record::Status>(9);
    return record::status_from(text("status")).value_or(record::Status::kUnset);
  }
  std::optional<record::VoiceSettings> voice_settings() const {
    if (row.find("voiceSettings") == row.end()) return std::nullopt;
    return record::VoiceSettings{maybe_number("voiceSettings.stability"),
                                 maybe_number("voiceSettings.similarityBoost"),
                                 maybe_number("voiceSettings.style")};
  }
};

event::StatusChanged status_changed(const Members& in) {
  event::StatusChanged out{
      in.text("contentAudioId"), in.text("contentId"), in.text("contentHash"),       in.status(),
      in.maybe_text("script"),   std::nullopt,         in.maybe_text("errorMessage")};
  if (in.maybe_text("audio.audioStorageId")) {
    out.audio = event::Audio{in.text("audio.audioStorageId"), in.number("audio.audioDuration"),
                             in.number("audio.audioSize")};
  }
  return out;
}

event::ImportedContentAudio imported_audio(const Members& in) {
  event::ImportedContentAudio out;
  record::ContentAudio& row = out.row;
  row.id = in.owned("_id");
  row.creation_time = in.number("_creationTime");
  row.content_id = in.owned("contentId");
  row.content_type = in.content_type();
  row.locale = in.locale();
  row.content_hash = in.owned("contentHash");
  row.voice_id = in.owned("voiceId");
  row.voice_settings = in.voice_settings();
  row.status = in.status();
  if (const auto storage = in.maybe_text("audioStorageId")) row.audio_storage_id = *storage;
  row.audio_duration = in.maybe_number("audioDuration");
  row.audio_size = in.maybe_number("audioSize");
  row.failed_at = in.maybe_number("failedAt");
  row.generation_attempts = in.number("generationAttempts");
  row.updated_at = in.number("updatedAt");
  out.script = in.maybe_text("script");
  out.error_message = in.maybe_text("errorMessage");
  return out;
}

record::UserContentAudio imported_listening(const Members& in) {
  return {in.owned("_id"),        in.number("_creationTime"),
          in.owned("userId"),     in.owned("contentAudioId"),
          in.owned("contentId"),  in.content_type(),
          in.number("playCount"), in.maybe_number("lastPlayedAt"),
          in.number("updatedAt")};
}

event::Listened listened(const Members& in) {
  return {in.text("userId"), in.text("contentAudioId"), in.text("contentId"), in.content_type()};
}

event::LedgerOpened ledger_opened(const Members& in) {
  event::LedgerOpened out;
  const std::string_view id = in.text("ledgerId");
  std::copy(id.begin(), id.end(), out.ledger_id.begin());
  out.partition = static_cast<uint32_t>(in.number("partition"));
  out.partition_count = static_cast<uint32_t>(in.number("partitionCount"));
  return out;
}

event::Payload payload(const Fact& fact) {
  const Members in{fact.fields};
  if (fact.kind == "audioCreated") {
    return event::AudioCreated{
        in.text("contentAudioId"), in.text("contentId"), in.content_type(),  in.locale(),
        in.text("contentHash"),    in.text("voiceId"),   in.voice_settings()};
  }
  if (fact.kind == "statusChanged") return status_changed(in);
  if (fact.kind == "contentChanged") {
    return event::ContentChanged{in.text("contentId"), in.content_type(), in.text("contentHash")};
  }
  if (fact.kind == "audioDeleted") {
    return event::AudioDeleted{in.text("contentAudioId"), in.text("contentId")};
  }
  if (fact.kind == "accessRecorded") return event::AccessRecorded{listened(in)};
  if (fact.kind == "playRecorded") return event::PlayRecorded{listened(in)};
  if (fact.kind == "ledgerOpened") return ledger_opened(in);
  if (fact.table == kAudios) return event::RecordImported{imported_audio(in)};
  return event::RecordImported{imported_listening(in)};
}

}  // namespace

std::string encode(const Fact& fact) {
  event::Event out;
  std::copy(fact.event_id.begin(), fact.event_id.end(), out.event_id.begin());
  out.occurred_at = fact.occurred_at;
  out.actor.kind = event::actor_kind_from(fact.actor_kind).value_or(event::ActorKind::kUnset);
  out.actor.id = fact.actor_id;
  out.source = fact.source;
  out.correlation_id = fact.correlation_id;
  out.causation_id = fact.causation_id;
  out.payload = payload(fact);
  std::string bytes;
  event::encode(out, bytes);
  return bytes;
}

std::string encode_unknown_payload(const Fact& fact) {
  const std::string bytes = encode(fact);
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::copy(bytes.begin(), bytes.end(), words.asChars().begin());
  capnp::FlatArrayMessageReader reader(words.asPtr());
  capnp::MallocMessageBuilder builder;
  builder.setRoot(reader.getRoot<wire::Event>());
  const auto schema = capnp::Schema::from<wire::Event::Payload>().getProto().getStruct();
  auto data = builder.getRoot<capnp::AnyStruct>().getDataSection();
  data[2 * schema.getDiscriminantOffset()] = 99;
  const auto out = capnp::messageToFlatArray(builder);
  return {out.asChars().begin(), out.asChars().size()};
}

}  // namespace ledger::model
