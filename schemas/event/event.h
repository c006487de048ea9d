// One event as a plain value. Text is a view into the bytes or the JSON line that it was decoded
// from.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "schemas/base/ids.h"
#include "schemas/record/record.h"

namespace ledger::event {

enum class ActorKind : uint16_t { kUnset, kService, kUser, kOperator, kSystem };

std::string_view to_text(ActorKind kind);  // "service"; lifetime: static
std::optional<ActorKind> actor_kind_from(std::string_view text);

struct Actor {
  ActorKind kind = ActorKind::kUnset;
  std::string_view id;
};

struct AudioCreated {
  std::string_view content_audio_id;
  std::string_view content_id;
  record::ContentType content_type{};
  record::Locale locale{};
  std::string_view content_hash;
  std::string_view voice_id;
  std::optional<record::VoiceSettings> voice_settings;
  bool operator==(const AudioCreated&) const = default;
};

struct Audio {
  std::string_view storage_id;
  double duration = 0;  // seconds
  double size = 0;      // bytes
  bool operator==(const Audio&) const = default;
};

struct StatusChanged {
  std::string_view content_audio_id;
  std::string_view content_id;
  std::string_view content_hash;
  record::Status status{};
  std::optional<std::string_view> script;
  std::optional<Audio> audio;
  std::optional<std::string_view> error_message;
  bool operator==(const StatusChanged&) const = default;
};

struct ContentChanged {
  std::string_view content_id;
  record::ContentType content_type{};
  std::string_view content_hash;
  bool operator==(const ContentChanged&) const = default;
};

struct AudioDeleted {
  std::string_view content_audio_id;
  std::string_view content_id;
  bool operator==(const AudioDeleted&) const = default;
};

// The fields of accessRecorded and playRecorded; two types, so that the payload's kind is its
// alternative.
struct Listened {
  std::string_view user_id;
  std::string_view content_audio_id;
  std::string_view content_id;
  record::ContentType content_type{};
  bool operator==(const Listened&) const = default;
};
struct AccessRecorded : Listened {
  bool operator==(const AccessRecorded&) const = default;
};
struct PlayRecorded : Listened {
  bool operator==(const PlayRecorded&) const = default;
};

// A whole contentAudios row. `row.script` and `row.error_message` are unset: the text stands beside
// it, and the fold puts this event's offset there.
struct ImportedContentAudio {
  record::ContentAudio row;
  std::optional<std::string_view> script;
  std::optional<std::string_view> error_message;
  bool operator==(const ImportedContentAudio&) const = default;
};
struct RecordImported {
  std::variant<ImportedContentAudio, record::UserContentAudio> row;
  bool operator==(const RecordImported&) const = default;
};

struct LedgerOpened {
  Uuid ledger_id{};
  uint32_t partition = 0;
  uint32_t partition_count = 0;
  bool ephemeral = false;
  bool operator==(const LedgerOpened&) const = default;
};

using Payload = std::variant<AudioCreated, StatusChanged, ContentChanged, AudioDeleted,
                             AccessRecorded, PlayRecorded, RecordImported, LedgerOpened>;

// Lifetime: text views live as long as the decoder's buffer or the JSON line (see codec.h, json.h).
struct Event {
  Uuid event_id{};
  double occurred_at = 0;  // ms since the Unix epoch, the producer's clock
  Actor actor;
  std::string_view source;
  std::optional<std::string_view> correlation_id;
  std::optional<std::string_view> causation_id;
  Payload payload;
};

// The member name in JSON and in `payload` columns: "playRecorded". Lifetime: static.
std::string_view payload_name(size_t alternative);
inline std::string_view payload_name(const Payload& payload) {
  return payload_name(payload.index());
}

// The key of the event on the topic: the payload's contentId; empty for ledgerOpened, which has no
// key.
std::string_view content_id(const Payload& payload);

}  // namespace ledger::event
