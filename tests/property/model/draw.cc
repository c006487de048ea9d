// Well-formed events: which kind, about which record, with which fields.
#include <algorithm>
#include <cmath>

#include "schemas/event/partition.h"
#include "tests/property/model/generate.h"

namespace ledger::model {

namespace {

class Draw {
 public:
  Draw(Random& random, const Pools& pools, const std::vector<Twin>& twins, int64_t now)
      : random_(random), pools_(pools), twins_(twins), now_(now) {}

  Fact fact();

 private:
  void audio_created(Row& out);
  void status_changed(Row& out);
  void audio_deleted(Row& out);
  void listened(Row& out);
  void audio_imported(Row& out);
  void listening_imported(Row& out);

  std::string content_type() { return random_.chance(75) ? "article" : "subject"; }
  std::string locale() { return random_.chance(50) ? "en" : "id"; }
  std::string status() {
    static const std::vector<std::string> all = {"pending", "generating_script",
                                                 "generating_speech", "completed", "failed"};
    return random_.pick(all);
  }
  std::string status_after(const std::string& status);
  // Often exactly when a row was changed last.
  double time() {
    if (const LiveRow* row = live(random_.chance(50) ? kAudios : kListenings);
        row != nullptr && random_.chance(25)) {
      return number(row->row, "updatedAt");
    }
    const int64_t back = random_.chance(80) ? 20'000 : 400'000;
    return std::max(1.0, static_cast<double>(now_ - random_.between(-5'000, back)) +
                             (random_.chance(20) ? 0.25 : 0.0));
  }
  std::string words() { return "text " + std::to_string(random_.below(5)); }
  const LiveRow* live(std::string_view table);
  const Twin& twin_of(const std::string& content_id) {
    return twins_[static_cast<size_t>(
        event::partition_of(content_id, static_cast<int32_t>(twins_.size())))];
  }
  void voice_settings(Row& out, const std::string& prefix);
  void optional_number(Row& out, const std::string& name, double value) {
    if (random_.chance(50)) out[name] = value;
  }

  Random& random_;
  const Pools& pools_;
  const std::vector<Twin>& twins_;
  int64_t now_;
};

Fact Draw::fact() {
  Fact fact;
  const uint64_t kind = random_.below(100);
  if (kind < 17) {
    fact.kind = "audioCreated";
    audio_created(fact.fields);
  } else if (kind < 45) {
    fact.kind = "statusChanged";
    status_changed(fact.fields);
  } else if (kind < 52) {
    fact.kind = "contentChanged";
    fact.fields = {{"contentId", random_.pick(pools_.contents)},
                   {"contentType", content_type()},
                   {"contentHash", random_.pick(pools_.hashes)}};
  } else if (kind < 58) {
    fact.kind = "audioDeleted";
    audio_deleted(fact.fields);
  } else if (kind < 86) {
    fact.kind = random_.chance(60) ? "playRecorded" : "accessRecorded";
    listened(fact.fields);
  } else {
    fact.kind = "recordImported";
    fact.table = random_.chance(50) ? kAudios : kListenings;
    if (fact.table == kAudios) audio_imported(fact.fields);
    if (fact.table == kListenings) listening_imported(fact.fields);
  }
  fact.occurred_at = time();
  return fact;
}

// A live row of any partition, or null.
const LiveRow* Draw::live(std::string_view table) {
  const Rows& rows = twins_[random_.below(twins_.size())].rows(table);
  if (rows.empty()) return nullptr;
  return &std::next(rows.begin(), static_cast<std::ptrdiff_t>(random_.below(rows.size())))->second;
}

void Draw::voice_settings(Row& out, const std::string& prefix) {
  if (random_.chance(50)) return;
  out[prefix] = "given";
  optional_number(out, prefix + ".stability", 0.5);
  optional_number(out, prefix + ".similarityBoost", static_cast<double>(random_.below(3)));
  optional_number(out, prefix + ".style", -0.25);
}

void Draw::audio_created(Row& out) {
  out["contentAudioId"] = random_.pick(pools_.audios);
  out["contentId"] = random_.pick(pools_.contents);
  out["contentType"] = content_type();
  out["locale"] = locale();
  out["contentHash"] = random_.pick(pools_.hashes);
  const auto& hashes = twin_of(text(out, "contentId")).hashes();
  const auto last = hashes.find({text(out, "contentId"), text(out, "contentType")});
  if (last != hashes.end() && random_.chance(60)) out["contentHash"] = last->second;
  out["voiceId"] = random_.pick(pools_.voices);
  voice_settings(out, "voiceSettings");
}

std::string Draw::status_after(const std::string& status) {
  if (status == "pending") return random_.chance(80) ? "generating_script" : "failed";
  if (status == "generating_script") return random_.chance(70) ? "generating_speech" : "failed";
  if (status == "generating_speech") return random_.chance(60) ? "completed" : "failed";
  return random_.chance(60) ? "generating_script" : "pending";
}

void Draw::status_changed(Row& out) {
  out["contentAudioId"] = random_.pick(pools_.audios);
  out["contentId"] = random_.pick(pools_.contents);
  out["contentHash"] = random_.pick(pools_.hashes);
  std::string status_now = "pending";
  if (const LiveRow* row = live(kAudios); row != nullptr && random_.chance(92)) {
    out["contentAudioId"] = text(row->row, "_id");
    if (random_.chance(95)) out["contentId"] = text(row->row, "contentId");
    if (random_.chance(93)) out["contentHash"] = text(row->row, "contentHash");
    status_now = text(row->row, "status");
  }
  const std::string to = random_.chance(75) ? status_after(status_now) : status();
  out["status"] = to;
  if (random_.chance(30)) out["script"] = words();
  if (random_.chance(to == "completed" ? 80 : 15)) {
    out["audio.audioStorageId"] = "s" + std::to_string(random_.below(4));
    out["audio.audioDuration"] = static_cast<double>(random_.below(4)) + 0.5;
    out["audio.audioSize"] = static_cast<double>(random_.below(3)) * 1000;
  }
  if (to == "failed") out["errorMessage"] = random_.chance(90) ? words() : "";
}

void Draw::audio_deleted(Row& out) {
  out["contentAudioId"] = random_.pick(pools_.audios);
  out["contentId"] = random_.pick(pools_.contents);
  if (const LiveRow* row = live(kAudios); row != nullptr && random_.chance(85)) {
    out["contentAudioId"] = text(row->row, "_id");
    if (random_.chance(90)) out["contentId"] = text(row->row, "contentId");
  }
}

void Draw::listened(Row& out) {
  out["userId"] = random_.pick(pools_.users);
  out["contentAudioId"] = random_.pick(pools_.audios);
  out["contentId"] = random_.pick(pools_.contents);
  out["contentType"] = content_type();
  if (const LiveRow* row = live(kAudios); row != nullptr && random_.chance(60)) {
    out["contentAudioId"] = text(row->row, "_id");
    out["contentId"] = text(row->row, "contentId");
    if (random_.chance(85)) out["contentType"] = text(row->row, "contentType");
  }
}

void Draw::audio_imported(Row& out) {
  const LiveRow* row = live(kAudios);
  if (row != nullptr && random_.chance(40)) {
    out = row->row;
    if (random_.chance(30)) out["_id"] = random_.pick(pools_.audios);
    if (random_.chance(30)) out["status"] = status();
    if (random_.chance(30)) out["contentHash"] = random_.pick(pools_.hashes);
    if (random_.chance(20)) out["contentId"] = random_.pick(pools_.contents);
    out["updatedAt"] = time();
    return;
  }
  const LiveRow* listening = live(kListenings);
  out["_id"] = random_.chance(85) || listening == nullptr ? random_.pick(pools_.audios)
                                                          : text(listening->row, "_id");
  if (text(out, "_id").size() > 64) out["_id"] = random_.pick(pools_.audios);
  if (random_.chance(5)) out["_id"] = twins_[0].id_prefix() + std::to_string(random_.below(3));
  out["_creationTime"] = time();
  out["contentId"] = random_.pick(pools_.contents);
  out["contentType"] = content_type();
  out["locale"] = locale();
  out["contentHash"] = random_.pick(pools_.hashes);
  out["voiceId"] = random_.pick(pools_.voices);
  voice_settings(out, "voiceSettings");
  out["status"] = status();
  if (random_.chance(30)) out["script"] = random_.chance(90) ? words() : "";
  if (random_.chance(30)) out["audioStorageId"] = "s" + std::to_string(random_.below(4));
  optional_number(out, "audioDuration", static_cast<double>(random_.below(4)));
  optional_number(out, "audioSize", static_cast<double>(random_.below(3)));
  if (random_.chance(30)) out["errorMessage"] = words();
  optional_number(out, "failedAt", time());
  out["generationAttempts"] = static_cast<double>(random_.below(4));
  out["updatedAt"] = time();
}

void Draw::listening_imported(Row& out) {
  const LiveRow* row = live(kListenings);
  if (row != nullptr && random_.chance(60)) {
    out = row->row;  // replaces by _id and identity, or by one of them, or by neither
    if (random_.chance(40)) out["_id"] = random_.pick(pools_.listenings);
    if (random_.chance(30)) out["userId"] = random_.pick(pools_.users);
    if (random_.chance(20)) out["contentId"] = random_.pick(pools_.contents);
    if (random_.chance(20)) out["contentType"] = content_type();
  } else {
    out["_id"] = random_.pick(pools_.listenings);
    out["_creationTime"] = time();
    out["userId"] = random_.pick(pools_.users);
    out["contentAudioId"] = random_.pick(pools_.audios);
    out["contentId"] = random_.pick(pools_.contents);
    out["contentType"] = content_type();
  }
  if (const LiveRow* other = live(kListenings); other != nullptr && random_.chance(20)) {
    out["_id"] = text(other->row, "_id");  // by _id one row, by identity another
  }
  out["playCount"] = static_cast<double>(random_.below(5));
  out.erase("lastPlayedAt");
  optional_number(out, "lastPlayedAt", time());
  out["updatedAt"] = time();
}

}  // namespace

Fact draw_fact(Random& random, const Pools& pools, const std::vector<Twin>& twins, int64_t now) {
  return Draw(random, pools, twins, now).fact();
}

}  // namespace ledger::model
