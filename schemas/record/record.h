// The records of both tables as plain values, and the enumerations they share with events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/ids.h"

namespace ledger::record {

// Numeric values are the enumerants of record.capnp; 0 is never valid.
enum class ContentType : uint16_t { kUnset, kArticle, kSubject };
enum class Locale : uint16_t { kUnset, kEn, kId };
enum class Status : uint16_t {
  kUnset,
  kPending,
  kGeneratingScript,
  kGeneratingSpeech,
  kCompleted,
  kFailed
};

// The text form (`generating_script`); "unset" for 0. Lifetime: static.
std::string_view to_text(ContentType value);
std::string_view to_text(Locale value);
std::string_view to_text(Status value);
// Returns: nullopt when `text` names no valid value ("unset" is none).
std::optional<ContentType> content_type_from(std::string_view text);
std::optional<Locale> locale_from(std::string_view text);
std::optional<Status> status_from(std::string_view text);

struct VoiceSettings {
  std::optional<double> stability;
  std::optional<double> similarity_boost;
  std::optional<double> style;
  bool operator==(const VoiceSettings&) const = default;
};

// Times are ms since the Unix epoch; audio_duration is seconds, audio_size bytes.
// Long text (script, error message) is not held here: the row names the kept event whose payload
// has it. Source: contract, section 5.
struct ContentAudio {
  std::string id;
  double creation_time = 0;
  std::string content_id;
  ContentType content_type = ContentType::kUnset;
  Locale locale = Locale::kUnset;
  std::string content_hash;
  std::string voice_id;
  std::optional<VoiceSettings> voice_settings;
  Status status = Status::kUnset;
  std::optional<Offset> script;  // in the same partition
  std::optional<std::string> audio_storage_id;
  std::optional<double> audio_duration;
  std::optional<double> audio_size;
  std::optional<Offset> error_message;  // in the same partition
  std::optional<double> failed_at;
  double generation_attempts = 0;
  double updated_at = 0;
  bool operator==(const ContentAudio&) const = default;
};

struct UserContentAudio {
  std::string id;
  double creation_time = 0;
  std::string user_id;
  std::string content_audio_id;
  std::string content_id;
  ContentType content_type = ContentType::kUnset;
  double play_count = 0;
  std::optional<double> last_played_at;
  double updated_at = 0;
  bool operator==(const UserContentAudio&) const = default;
};

enum class Table : uint8_t { kContentAudios = 1, kUserContentAudios = 2 };  // ids of record.capnp

std::string_view table_name(Table table);  // `contentAudios`; lifetime: static
std::optional<Table> table_from(std::string_view name);

}  // namespace ledger::record
