#include "tests/property/model/show.h"

#include <array>

#include <fmt/format.h>

#include "schemas/base/bytes.h"
#include "schemas/base/ids.h"

namespace ledger::model {

namespace {

void put(Row& row, const std::string& name, const std::optional<double>& value) {
  if (value) row[name] = *value;
}

void put_kept(Row& row, const std::string& name, const std::optional<Offset>& at,
              const std::vector<Message>& messages) {
  if (!at) return;
  const auto offset = static_cast<size_t>(raw(*at));
  if (offset < messages.size() && messages[offset].fact &&
      messages[offset].fact->fields.count(name) > 0) {
    row[name] = messages[offset].fact->fields.at(name);
  } else {
    row[name] = fmt::format("<no {} at offset {}>", name, offset);
  }
}

std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text.substr(0, 40)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  if (text.size() > 40) out += fmt::format("...({} bytes)", text.size());
  return out;
}

}  // namespace

Row row_of(const record::ContentAudio& row, const std::vector<Message>& messages) {
  Row out;
  out["_id"] = row.id;
  out["_creationTime"] = row.creation_time;
  out["contentId"] = row.content_id;
  out["contentType"] = std::string(record::to_text(row.content_type));
  out["locale"] = std::string(record::to_text(row.locale));
  out["contentHash"] = row.content_hash;
  out["voiceId"] = row.voice_id;
  if (row.voice_settings) {
    out["voiceSettings"] = "given";
    put(out, "voiceSettings.stability", row.voice_settings->stability);
    put(out, "voiceSettings.similarityBoost", row.voice_settings->similarity_boost);
    put(out, "voiceSettings.style", row.voice_settings->style);
  }
  out["status"] = std::string(record::to_text(row.status));
  put_kept(out, "script", row.script, messages);
  if (row.audio_storage_id) out["audioStorageId"] = *row.audio_storage_id;
  put(out, "audioDuration", row.audio_duration);
  put(out, "audioSize", row.audio_size);
  put_kept(out, "errorMessage", row.error_message, messages);
  put(out, "failedAt", row.failed_at);
  out["generationAttempts"] = row.generation_attempts;
  out["updatedAt"] = row.updated_at;
  return out;
}

Row row_of(const record::UserContentAudio& row, const std::vector<Message>&) {
  Row out;
  out["_id"] = row.id;
  out["_creationTime"] = row.creation_time;
  out["userId"] = row.user_id;
  out["contentAudioId"] = row.content_audio_id;
  out["contentId"] = row.content_id;
  out["contentType"] = std::string(record::to_text(row.content_type));
  out["playCount"] = row.play_count;
  put(out, "lastPlayedAt", row.last_played_at);
  out["updatedAt"] = row.updated_at;
  return out;
}

std::string show(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value))
    return fmt::format("'{}'", printable(*text));
  return "absent";
}

std::string show(const Row& row) {
  std::string out = "{";
  for (const auto& [name, value] : row) out += fmt::format("{}: {}, ", name, show(value));
  return out + "}";
}

std::string show(const std::optional<Row>& row) { return row ? show(*row) : "none"; }

std::string show(const std::vector<Found>& rows) {
  std::string out;
  for (const Found& found : rows) {
    out += fmt::format("\n    {}: rid {} from {} {}", found.partition, found.live.rid,
                       found.live.from, show(found.live.row));
  }
  return out.empty() ? " nothing" : out;
}

std::string show(const std::vector<Test>& tests) {
  static const std::array<const char*, 5> relations = {"=", ">", ">=", "<", "<="};
  std::string out;
  for (const Test& test : tests) {
    out += fmt::format(" {} {} {}", test.field, relations.at(static_cast<size_t>(test.relation)),
                       show(test.value));
  }
  return out;
}

std::string show(const Verdict& verdict) {
  return fmt::format("{} [{}] {}", verdict.disposition, fmt::join(verdict.codes, ", "),
                     verdict.field);
}

std::string show(const Message& message) {
  std::string out =
      fmt::format("{} t={} key={}", message.partition, message.timestamp,
                  message.key ? fmt::format("'{}'", printable(*message.key)) : "null");
  if (!message.fact) return out + " broken: " + message.broken + " " + message.broken_field;
  const Fact& fact = *message.fact;
  return fmt::format("{} id={} {}{} at {} {}", out, to_hex(fact.event_id).substr(0, 8), fact.kind,
                     fact.table.empty() ? "" : "/" + fact.table, fact.occurred_at,
                     show(fact.fields));
}

}  // namespace ledger::model
