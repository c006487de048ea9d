// The plainest implementation of the fold's state and apply's operations: each goes to the batch of
// a shard's writer at once. What the projector's own (bulk::BulkViews) makes is compared with it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projector/apply/apply.h"
#include "projector/fold/fold.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/writer.h"

namespace ledger::testing {

// Every call needs a begun batch of the writer and sees what the batch wrote so far.
// Lifetime: of the writer and the kept log, which outlive it.
class DirectViews : public fold::State, public apply::Operations {
 public:
  using KeptValues = std::function<std::optional<store::KeptEvent>(Offset)>;

  // Throws: Error{kIncompatible} when an index that the fold looks rows up in is not declared.
  DirectViews(store::ShardWriter& writer, KeptValues kept, const index::Declarations& declarations);
  DirectViews(store::ShardWriter& writer, const store::KeptLogWriter& log,
              const index::Declarations& declarations);
  DirectViews(store::ShardWriter& writer, const store::KeptLogReader& log,
              const index::Declarations& declarations);

  // fold::State. Throws, all: Error{kIntegrity} when an index entry has no row.
  std::optional<Offset> event_taken(const Uuid& event_id) override;
  std::optional<std::string_view> kept_value(Offset offset) override;
  std::optional<store::Stored<record::ContentAudio>> audio(std::string_view id) override;
  std::vector<store::Stored<record::ContentAudio>> audios_of(std::string_view content_id,
                                                             record::ContentType type) override;
  size_t count_audios_of(std::string_view content_id, record::ContentType type,
                         size_t count_max) override;
  bool has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                std::string_view voice_id, std::string_view except_id) override;
  std::optional<store::Stored<record::UserContentAudio>> listening(
      std::string_view user_id, std::string_view content_id, record::ContentType type) override;
  std::optional<store::Stored<record::UserContentAudio>> listening_by_id(
      std::string_view id) override;
  std::optional<std::string> content_hash(std::string_view content_id,
                                          record::ContentType type) override;

  // Operations. Throws: as the writer.
  std::optional<std::string_view> get(store::View view, std::string_view key) override;
  void insert(store::View view, std::string_view key, std::string_view value) override;
  void update(store::View view, std::string_view key, std::string_view value) override;
  void erase(store::View view, std::string_view key) override;

 private:
  template <typename Record>
  store::Stored<Record> row(const store::Entry& entry);
  template <typename Record>
  std::optional<store::Stored<Record>> row_by_id(std::string_view id);
  // Calls visit(rest of the key, entry) for each key of `view` that begins with `prefix_`, in
  // order, until it returns false.
  template <typename Visit>
  void scan_prefix(store::View view, Visit visit);

  store::ShardWriter& writer_;
  KeptValues kept_;
  std::optional<store::KeptEvent> earlier_;  // owns what kept_value() gave last
  store::View content_;                      // contentAudios [contentId, contentType]
  store::View content_voice_;                // contentAudios [contentId, contentType, voiceId]
  store::View user_content_;                 // userContentAudios [userId, contentId, contentType]
  std::string prefix_;                       // of the lookup at hand
};

}  // namespace ledger::testing
