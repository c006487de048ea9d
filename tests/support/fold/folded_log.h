// A log of one partition that is folded as it is written, and short ways to write its events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "projector/fold/fold.h"
#include "schemas/event/event.h"
#include "tests/support/event/forms.h"
#include "tests/support/fold/map_state.h"

namespace ledger::testing {

inline constexpr double kT = 1770832800000;  // 2026-02-11T18:00:00Z

// An event of the test's making: a fresh id, occurredAt = the log time. Lifetime: text of
// `payload`.
event::Event event_of(const event::Payload& payload, double occurred_at = kT);

event::AudioCreated audio_created(std::string_view audio_id, std::string_view content_id = "c1",
                                  std::string_view voice_id = "v1", std::string_view hash = "h1");
event::StatusChanged status_changed(std::string_view audio_id, record::Status status,
                                    std::string_view content_id = "c1",
                                    std::string_view hash = "h1");
event::StatusChanged with_audio(event::StatusChanged payload, std::string_view storage_id = "s1");
event::ContentChanged content_changed(std::string_view content_id, std::string_view hash);
event::AudioDeleted audio_deleted(std::string_view audio_id, std::string_view content_id = "c1");
event::PlayRecorded play(std::string_view user_id, std::string_view audio_id = "ca1",
                         std::string_view content_id = "c1");
event::AccessRecorded access(std::string_view user_id, std::string_view audio_id = "ca1",
                             std::string_view content_id = "c1");
record::ContentAudio audio_row(std::string_view id, std::string_view content_id = "c1",
                               std::string_view voice_id = "v1");
record::UserContentAudio listening_row(std::string_view id, std::string_view user_id,
                                       std::string_view content_id = "c1");
event::RecordImported imported(const record::ContentAudio& row);
event::RecordImported imported(const record::UserContentAudio& row);
event::LedgerOpened ledger_opened();

class FoldedLog {
 public:
  explicit FoldedLog(int32_t partition_count = 1, Partition partition = Partition{0});

  // Appends at the next offset with the payload's own key, folds, applies to `state`.
  const fold::Result& send(const event::Event& event);
  const fold::Result& send(const event::Payload& payload, double occurred_at = kT);
  const fold::Result& send_raw(std::optional<std::string_view> key,
                               std::optional<std::string_view> value);

  Offset last() const { return Offset{raw(next_) - 1}; }
  void set_next(Offset offset) { next_ = offset; }
  void set_log_time(double ms) { log_time_ms_ = static_cast<int64_t>(ms); }
  MapState& state() { return state_; }
  const fold::Shard& shard() const { return shard_; }
  // The live row. Fails the test when there is none.
  const record::ContentAudio& audio(const std::string& id) const;
  const record::UserContentAudio& listening(const std::string& user_id,
                                            const std::string& content_id = "c1") const;

 private:
  fold::Shard shard_;
  fold::Fold fold_;
  MapState state_;
  fold::Result result_;
  Offset next_{1};  // 0 is the genesis; most tests need none
  int64_t log_time_ms_ = static_cast<int64_t>(kT);
};

}  // namespace ledger::testing
