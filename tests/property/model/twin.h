// The fold once more, over std::map, as slow and as plain as the contract reads. Written from
// section 6 alone: it shares no line and no header with projector/.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/property/model/value.h"

namespace ledger::model {

struct Verdict {
  std::string disposition;         // applied, not_applied, duplicate, quarantined
  std::vector<std::string> codes;  // in the order of the contract; clock_ahead last
  std::string field;
  bool operator==(const Verdict&) const = default;
};

// A live row: rid = the offset that inserted it, from = the offset that made this image.
struct LiveRow {
  int64_t rid = 0;
  int64_t from = 0;
  Row row;
};
using Rows = std::map<std::string, LiveRow, std::less<>>;  // by _id

// What one event did to one record: only `after` = inserted, only `before` = ended.
struct Touch {
  std::string table;
  std::string id;
  std::optional<Row> before;
  std::optional<Row> after;
};

// What became of the event at one offset.
struct Step {
  Verdict verdict;
  int64_t log_time = 0;
  std::vector<Touch> touches;
  // A not-applied event names this record: table, _id.
  std::optional<std::pair<std::string, std::string>> named;
};

// One partition after some events.
class Twin {
 public:
  Twin(std::string ledger_id, int32_t partition, int32_t partition_count);

  void fold(const Message& message);

  int64_t position() const { return static_cast<int64_t>(steps_.size()); }
  int64_t log_time() const { return log_time_; }
  const std::vector<Step>& steps() const { return steps_; }
  const Rows& rows(std::string_view table) const {
    return table == kAudios ? audios_ : listenings_;
  }
  // (contentId, contentType) -> hash of its last contentChanged.
  const std::map<std::pair<std::string, std::string>, std::string>& hashes() const {
    return hashes_;
  }
  // Which offset took an eventId.
  const std::map<std::string, int64_t>& taken() const { return taken_; }
  const std::string& id_prefix() const { return id_prefix_; }

 private:
  void fold_new(const Fact& fact, Step& step);
  void refuse(Step& step, std::string code, std::string_view table, std::string id);
  void put(Step& step, std::string_view table, Row row, std::optional<int64_t> rid);
  void end(Step& step, std::string_view table, std::string id);
  void note_touch(Step& step, const Touch& touch);

  void audio_created(const Fact& fact, Step& step);
  void status_changed(const Fact& fact, Step& step);
  void content_changed(const Fact& fact, Step& step);
  void audio_deleted(const Fact& fact, Step& step);
  void listened(const Fact& fact, Step& step);
  void audio_imported(const Fact& fact, Step& step);
  void listening_imported(const Fact& fact, Step& step);

  bool other_audio_of_voice(const Row& row) const;
  const LiveRow* listening_of(const Row& fields) const;
  bool is_reserved(const std::string& id) const;
  void note_reused(const Fact& fact, Step& step);

  int32_t partition_ = 0;
  int32_t partition_count_ = 0;
  std::string id_prefix_;
  double time_ = 0;  // t of the event that is folded now
  int64_t log_time_ = -1;
  std::vector<Step> steps_;
  Rows audios_;
  Rows listenings_;
  std::map<std::pair<std::string, std::string>, std::string> hashes_;
  std::map<std::string, int64_t> taken_;
  std::map<std::string, Fact> taken_by_;
};

// Why the message cannot be folded at `offset` of `partition`, or nothing.
std::optional<Verdict> quarantine(const Message& message, int64_t offset, int32_t partition,
                                  int32_t partition_count);

// `uca_` and the 6 digits of a ledger; the whole id of a row that the event at `offset` inserts.
std::string derived_prefix(const std::string& ledger_id);
std::string derived_id(const std::string& prefix, int32_t partition, int64_t offset);

}  // namespace ledger::model
