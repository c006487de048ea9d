// Which messages cannot be folded: the first reason in the contract's order.
#include <algorithm>
#include <cmath>

#include "schemas/event/partition.h"
#include "tests/property/model/twin.h"

namespace ledger::model {

namespace {

struct Named {
  std::string path;  // as in JSON
  std::string name;  // its last part
  Value value;
};

// Every field with its dotted path; the envelope first.
std::vector<Named> all_fields(const Fact& fact) {
  std::vector<Named> out = {{"occurredAt", "occurredAt", fact.occurred_at},
                            {"actor.kind", "actor.kind", fact.actor_kind},
                            {"actor.id", "actor.id", fact.actor_id},
                            {"source", "source", fact.source}};
  if (fact.correlation_id) out.push_back({"correlationId", "correlationId", *fact.correlation_id});
  if (fact.causation_id) out.push_back({"causationId", "causationId", *fact.causation_id});
  const std::string prefix = fact.kind + "." + (fact.table.empty() ? "" : fact.table + ".");
  for (const auto& [name, value] : fact.fields) {
    const size_t dot = name.rfind('.');
    out.push_back({prefix + name, dot == std::string::npos ? name : name.substr(dot + 1), value});
  }
  return out;
}

struct Limit {
  std::string name;
  size_t bytes_min;
  size_t bytes_max;
};

std::vector<Limit> text_limits(const Fact& fact) {
  std::vector<Limit> limits;
  for (const char* name : {"userId", "contentId", "audioStorageId", "actor.id", "source",
                           "correlationId", "causationId"}) {
    limits.push_back({name, 1, 128});
  }
  if (fact.table == kListenings) limits.push_back({"_id", 1, 128});
  limits.push_back({"contentAudioId", 1, 64});
  if (fact.table == kAudios) limits.push_back({"_id", 1, 64});
  limits.push_back({"voiceId", 1, 64});
  limits.push_back({"contentHash", 1, 128});
  limits.push_back({"script", 0, 256 * 1024});
  limits.push_back({"errorMessage", 0, 16 * 1024});
  return limits;
}

// UTF-8 without U+0000, by the table of well-formed byte sequences (Unicode, table 3-7).
bool is_legal(const std::string& text) {
  const auto byte = [&](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  for (size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const unsigned second = byte(i + 1);
    size_t length = 1;
    if (lead == 0 || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4) return false;
    if (lead >= 0xC2) length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead == 0xE0 && second < 0xA0) return false;
    if (lead == 0xED && second > 0x9F) return false;
    if (lead == 0xF0 && second < 0x90) return false;
    if (lead == 0xF4 && second > 0x8F) return false;
    for (size_t k = 1; k < length; ++k) {
      if (byte(i + k) < 0x80 || byte(i + k) > 0xBF) return false;
    }
    i += length;
  }
  return true;
}

std::optional<std::string> unset_field(const std::vector<Named>& fields) {
  for (const char* name : {"actor.kind", "contentType", "locale", "status"}) {
    for (const Named& each : fields) {
      if (each.name == name && each.value == Value("unset")) return each.path;
    }
  }
  return std::nullopt;
}

std::optional<std::string> text_violation(const Fact& fact, const std::vector<Named>& fields) {
  const auto limits = text_limits(fact);
  for (const Limit& limit : limits) {
    for (const Named& each : fields) {
      if (each.name == limit.name && !is_legal(std::get<std::string>(each.value))) {
        return each.path;
      }
    }
  }
  for (const Limit& limit : limits) {
    for (const Named& each : fields) {
      if (each.name != limit.name) continue;
      const size_t bytes = std::get<std::string>(each.value).size();
      if (bytes < limit.bytes_min || bytes > limit.bytes_max) return each.path;
    }
  }
  const bool failed = field(fact.fields, "status") == Value("failed");
  const bool message = fact.fields.count("errorMessage") > 0;
  if (fact.kind == "statusChanged" && failed != message) return "statusChanged.errorMessage";
  return std::nullopt;
}

std::optional<std::string> number_violation(const std::vector<Named>& fields) {
  for (const Named& each : fields) {
    if (const auto* value = std::get_if<double>(&each.value); value && !std::isfinite(*value)) {
      return each.path;
    }
  }
  for (const Named& each : fields) {
    const bool time = each.name == "occurredAt" || each.name == "_creationTime" ||
                      each.name == "failedAt" || each.name == "lastPlayedAt" ||
                      each.name == "updatedAt";
    if (!time) continue;
    const double value = std::get<double>(each.value);
    if (!(value > 0 && value < std::ldexp(1.0, 53))) return each.path;
  }
  for (const Named& each : fields) {
    const bool amount = each.name == "audioDuration" || each.name == "audioSize" ||
                        each.name == "generationAttempts" || each.name == "playCount";
    if (amount && std::get<double>(each.value) < 0) return each.path;
  }
  return std::nullopt;
}

Verdict quarantined(std::string code, std::string path = "") {
  return {"quarantined", {std::move(code)}, std::move(path)};
}

}  // namespace

std::optional<Verdict> quarantine(const Message& message, int64_t offset, int32_t partition,
                                  int32_t partition_count) {
  if (!message.fact) return quarantined(message.broken, message.broken_field);
  const Fact& fact = *message.fact;
  if (fact.kind == "ledgerOpened") {
    if (offset != 0) return quarantined("second_genesis");
    return std::nullopt;
  }
  const std::vector<Named> fields = all_fields(fact);
  if (auto path = unset_field(fields)) return quarantined("unset", *path);
  if (auto path = text_violation(fact, fields)) return quarantined("limit", *path);
  if (auto path = number_violation(fields)) return quarantined("limit", *path);
  if (!message.key || *message.key != text(fact.fields, "contentId")) {
    return quarantined("wrong_key");
  }
  if (event::partition_of(*message.key, partition_count) != Partition{partition}) {
    return quarantined("wrong_partition");
  }
  return std::nullopt;
}

}  // namespace ledger::model
