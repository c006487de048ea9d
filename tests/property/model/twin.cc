#include "tests/property/model/twin.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <openssl/sha.h>

namespace ledger::model {

namespace {

// The closed list, in the contract's order.
const std::vector<std::string> kCodes = {
    "event_id_reused",         "audio_exists",       "duplicate_content_voice",
    "created_stale",           "too_many_audios",    "unknown_audio",
    "content_mismatch",        "stale_content_hash", "illegal_transition",
    "completed_without_audio", "identity_replaced",  "reserved_id",
    "import_replaces_newer",   "clock_ahead"};

const std::set<std::pair<std::string, std::string>> kLegalMoves = {
    {"pending", "generating_script"},
    {"pending", "failed"},
    {"generating_script", "generating_script"},
    {"generating_script", "generating_speech"},
    {"generating_script", "failed"},
    {"generating_script", "pending"},
    {"generating_speech", "generating_speech"},
    {"generating_speech", "completed"},
    {"generating_speech", "failed"},
    {"generating_speech", "pending"},
    {"failed", "generating_script"},
    {"failed", "pending"}};

std::string base32(uint64_t value, size_t digits) {
  std::string out(digits, '0');
  for (size_t i = digits; i-- > 0; value /= 32) {
    out[i] = "0123456789abcdefghjkmnpqrstvwxyz"[value % 32];
  }
  return out;
}

bool same_content(const Row& a, const Row& b) {
  return field(a, "contentId") == field(b, "contentId") &&
         field(a, "contentType") == field(b, "contentType");
}

void set_max(Row& row, const std::string& name, double value) {
  const Value& old = field(row, name);
  row[name] = std::holds_alternative<double>(old) ? std::max(std::get<double>(old), value) : value;
}

void copy_if_given(const Row& from, std::string_view from_name, Row& to, const std::string& name) {
  const Value& value = field(from, from_name);
  if (!std::holds_alternative<std::monostate>(value)) to[name] = value;
}

}  // namespace

std::string derived_prefix(const std::string& ledger_id) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(ledger_id.data()), ledger_id.size(), hash.data());
  const uint64_t first32 = uint64_t{hash[0]} << 24 | uint64_t{hash[1]} << 16 |
                           uint64_t{hash[2]} << 8 | uint64_t{hash[3]};
  return "uca_" + base32(first32 >> 2, 6);
}

std::string derived_id(const std::string& prefix, int32_t partition, int64_t offset) {
  const uint64_t place = (static_cast<uint64_t>(partition) << 48) + static_cast<uint64_t>(offset);
  return prefix + base32(place, 13);
}

Twin::Twin(std::string ledger_id, int32_t partition, int32_t partition_count)
    : partition_(partition),
      partition_count_(partition_count),
      id_prefix_(derived_prefix(ledger_id)) {}

void Twin::fold(const Message& message) {
  Step step;
  log_time_ = std::max(log_time_, message.timestamp);
  step.log_time = log_time_;
  if (auto verdict = quarantine(message, position(), partition_, partition_count_)) {
    step.verdict = *verdict;
  } else {
    fold_new(*message.fact, step);
  }
  steps_.push_back(std::move(step));
}

void Twin::fold_new(const Fact& fact, Step& step) {
  const auto earlier = taken_by_.find(fact.event_id);
  if (earlier != taken_by_.end() && earlier->second.kind == fact.kind &&
      earlier->second.table == fact.table && earlier->second.fields == fact.fields) {
    step.verdict.disposition = "duplicate";
    return;
  }
  const bool ahead = fact.occurred_at - static_cast<double>(log_time_) > 10 * 60 * 1000;
  time_ = ahead ? static_cast<double>(log_time_) : fact.occurred_at;
  step.verdict.disposition = "applied";
  if (earlier != taken_by_.end()) {
    note_reused(fact, step);
  } else {
    taken_[fact.event_id] = position();
    taken_by_[fact.event_id] = fact;
    if (fact.kind == "audioCreated") audio_created(fact, step);
    if (fact.kind == "statusChanged") status_changed(fact, step);
    if (fact.kind == "contentChanged") content_changed(fact, step);
    if (fact.kind == "audioDeleted") audio_deleted(fact, step);
    if (fact.kind == "accessRecorded" || fact.kind == "playRecorded") listened(fact, step);
    if (fact.kind == "recordImported" && fact.table == kAudios) audio_imported(fact, step);
    if (fact.kind == "recordImported" && fact.table == kListenings) listening_imported(fact, step);
  }
  if (ahead) step.verdict.codes.emplace_back("clock_ahead");
  std::sort(step.verdict.codes.begin(), step.verdict.codes.end(),
            [](const std::string& a, const std::string& b) {
              return std::find(kCodes.begin(), kCodes.end(), a) <
                     std::find(kCodes.begin(), kCodes.end(), b);
            });
}

void Twin::refuse(Step& step, std::string code, std::string_view table, std::string id) {
  step.verdict.disposition = "not_applied";
  step.verdict.codes.push_back(std::move(code));
  step.named.emplace(table, std::move(id));
}

// An event that comes with a taken id names what it would have named: of a play or an access the
// live row of its user and content.
void Twin::note_reused(const Fact& fact, Step& step) {
  step.verdict.disposition = "not_applied";
  step.verdict.codes.emplace_back("event_id_reused");
  if (fact.kind == "recordImported") {
    step.named.emplace(fact.table, text(fact.fields, "_id"));
  } else if (fact.kind == "accessRecorded" || fact.kind == "playRecorded") {
    if (const LiveRow* live = listening_of(fact.fields)) {
      step.named.emplace(kListenings, text(live->row, "_id"));
    }
  } else if (fact.kind != "contentChanged") {
    step.named.emplace(kAudios, text(fact.fields, "contentAudioId"));
  }
}

// Writes a row: over the live one with its _id, or as a new one.
void Twin::put(Step& step, std::string_view table, Row row, std::optional<int64_t> rid) {
  Rows& rows = table == kAudios ? audios_ : listenings_;
  const std::string id = text(row, "_id");
  const auto live = rows.find(id);
  Touch touch{std::string(table), id, std::nullopt, row};
  if (live != rows.end()) touch.before = live->second.row;
  step.touches.push_back(std::move(touch));
  rows[id] = LiveRow{rid.value_or(position()), position(), std::move(row)};
}

void Twin::end(Step& step, std::string_view table, std::string id) {
  Rows& rows = table == kAudios ? audios_ : listenings_;
  step.touches.push_back({std::string(table), id, rows.at(id).row, std::nullopt});
  rows.erase(id);
}

bool Twin::other_audio_of_voice(const Row& row) const {
  for (const auto& [id, live] : audios_) {
    if (field(live.row, "voiceId") == field(row, "voiceId") && id != text(row, "_id") &&
        same_content(live.row, row)) {
      return true;
    }
  }
  return false;
}

const LiveRow* Twin::listening_of(const Row& fields) const {
  for (const auto& [id, live] : listenings_) {
    if (same_content(live.row, fields) && field(live.row, "userId") == field(fields, "userId")) {
      return &live;
    }
  }
  return nullptr;
}

bool Twin::is_reserved(const std::string& id) const {
  return id.compare(0, id_prefix_.size(), id_prefix_) == 0 && listenings_.count(id) == 0;
}

void Twin::audio_created(const Fact& fact, Step& step) {
  const std::string id = text(fact.fields, "contentAudioId");
  if (audios_.count(id) > 0) return refuse(step, "audio_exists", kAudios, id);
  const auto of_content = std::count_if(audios_.begin(), audios_.end(), [&](const auto& live) {
    return same_content(live.second.row, fact.fields);
  });
  if (of_content + 1 > 1000) return refuse(step, "too_many_audios", kAudios, id);
  Row row = fact.fields;  // the names are the row's, but for the id
  row.erase("contentAudioId");
  row["_id"] = id;
  row["_creationTime"] = time_;
  row["updatedAt"] = time_;
  row["status"] = "pending";
  row["generationAttempts"] = 0.0;
  if (other_audio_of_voice(row)) step.verdict.codes.emplace_back("duplicate_content_voice");
  const auto hash = hashes_.find({text(row, "contentId"), text(row, "contentType")});
  if (hash != hashes_.end() && hash->second != text(row, "contentHash")) {
    step.verdict.codes.emplace_back("created_stale");
  }
  put(step, kAudios, std::move(row), std::nullopt);
}

void Twin::status_changed(const Fact& fact, Step& step) {
  const std::string id = text(fact.fields, "contentAudioId");
  const auto live = audios_.find(id);
  if (live == audios_.end()) return refuse(step, "unknown_audio", kAudios, id);
  Row row = live->second.row;
  if (field(row, "contentId") != field(fact.fields, "contentId")) {
    return refuse(step, "content_mismatch", kAudios, id);
  }
  if (field(row, "contentHash") != field(fact.fields, "contentHash")) {
    return refuse(step, "stale_content_hash", kAudios, id);
  }
  const std::string status = text(fact.fields, "status");
  if (kLegalMoves.count({text(row, "status"), status}) == 0) {
    step.verdict.codes.emplace_back("illegal_transition");
  }
  row["status"] = status;
  copy_if_given(fact.fields, "script", row, "script");
  copy_if_given(fact.fields, "audio.audioStorageId", row, "audioStorageId");
  copy_if_given(fact.fields, "audio.audioDuration", row, "audioDuration");
  copy_if_given(fact.fields, "audio.audioSize", row, "audioSize");
  if (status == "failed") {
    row["errorMessage"] = text(fact.fields, "errorMessage");
    row["failedAt"] = time_;
    row["generationAttempts"] = number(row, "generationAttempts") + 1;
  }
  if (status == "completed") {
    row.erase("errorMessage");
    row.erase("failedAt");
    if (row.count("audioStorageId") == 0) {
      step.verdict.codes.emplace_back("completed_without_audio");
    }
  }
  set_max(row, "updatedAt", time_);
  put(step, kAudios, std::move(row), live->second.rid);
}

void Twin::content_changed(const Fact& fact, Step& step) {
  const Rows before = audios_;
  for (const auto& [id, live] : before) {
    if (!same_content(live.row, fact.fields)) continue;
    if (field(live.row, "contentHash") == field(fact.fields, "contentHash")) continue;
    Row row = live.row;
    row["contentHash"] = text(fact.fields, "contentHash");
    row["status"] = "pending";
    row["generationAttempts"] = 0.0;
    for (const char* name :
         {"script", "audioStorageId", "audioDuration", "audioSize", "errorMessage", "failedAt"}) {
      row.erase(name);
    }
    set_max(row, "updatedAt", time_);
    put(step, kAudios, std::move(row), live.rid);
  }
  hashes_[{text(fact.fields, "contentId"), text(fact.fields, "contentType")}] =
      text(fact.fields, "contentHash");
}

void Twin::audio_deleted(const Fact& fact, Step& step) {
  const std::string id = text(fact.fields, "contentAudioId");
  const auto live = audios_.find(id);
  if (live == audios_.end()) return refuse(step, "unknown_audio", kAudios, id);
  if (field(live->second.row, "contentId") != field(fact.fields, "contentId")) {
    return refuse(step, "content_mismatch", kAudios, id);
  }
  end(step, kAudios, id);
}

void Twin::listened(const Fact& fact, Step& step) {
  const bool play = fact.kind == "playRecorded";
  const std::string audio_id = text(fact.fields, "contentAudioId");
  const auto audio = audios_.find(audio_id);
  if (audio == audios_.end() || !same_content(audio->second.row, fact.fields)) {
    step.verdict.codes.emplace_back("unknown_audio");
  }
  const LiveRow* live = listening_of(fact.fields);
  Row row = live != nullptr ? live->row : fact.fields;
  std::optional<int64_t> rid;
  if (live == nullptr) {
    row["_id"] = derived_id(id_prefix_, partition_, position());
    row["_creationTime"] = time_;
    row["updatedAt"] = time_;
    row["playCount"] = 0.0;
  } else {
    rid = live->rid;
    if (time_ >= number(row, "updatedAt")) row["contentAudioId"] = audio_id;
  }
  if (play) {
    row["playCount"] = number(row, "playCount") + 1;
    set_max(row, "lastPlayedAt", time_);
  }
  set_max(row, "updatedAt", time_);
  put(step, kListenings, std::move(row), rid);
}

void Twin::audio_imported(const Fact& fact, Step& step) {
  const std::string id = text(fact.fields, "_id");
  if (is_reserved(id)) return refuse(step, "reserved_id", kAudios, id);
  if (other_audio_of_voice(fact.fields)) step.verdict.codes.emplace_back("duplicate_content_voice");
  const auto live = audios_.find(id);
  std::optional<int64_t> rid;
  if (live != audios_.end()) {
    rid = live->second.rid;
    if (number(fact.fields, "updatedAt") < number(live->second.row, "updatedAt")) {
      step.verdict.codes.emplace_back("import_replaces_newer");
    }
  }
  put(step, kAudios, fact.fields, rid);
}

void Twin::listening_imported(const Fact& fact, Step& step) {
  const std::string id = text(fact.fields, "_id");
  if (is_reserved(id)) return refuse(step, "reserved_id", kListenings, id);
  bool newer = false;
  std::optional<int64_t> rid;
  const auto by_id = listenings_.find(id);
  if (by_id != listenings_.end()) {
    rid = by_id->second.rid;
    newer = number(fact.fields, "updatedAt") < number(by_id->second.row, "updatedAt");
  }
  const LiveRow* by_identity = listening_of(fact.fields);
  if (by_identity != nullptr && text(by_identity->row, "_id") != id) {
    step.verdict.codes.emplace_back("identity_replaced");
    newer = newer || number(fact.fields, "updatedAt") < number(by_identity->row, "updatedAt");
    end(step, kListenings, text(by_identity->row, "_id"));
  }
  if (newer) step.verdict.codes.emplace_back("import_replaces_newer");
  put(step, kListenings, fact.fields, rid);
}

}  // namespace ledger::model
