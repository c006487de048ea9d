// Which moves between statuses the contract (section 6) calls legal, over a stream of events.
#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "schemas/event/event.h"

namespace ledger::generate {

inline bool is_legal(record::Status from, record::Status to) {
  using record::Status;
  switch (from) {
    case Status::kPending:
      return to == Status::kGeneratingScript || to == Status::kFailed;
    case Status::kGeneratingScript:
      return to != Status::kCompleted;
    case Status::kGeneratingSpeech:
      return to == Status::kGeneratingSpeech || to == Status::kCompleted || to == Status::kFailed ||
             to == Status::kPending;
    case Status::kFailed:
      return to == Status::kGeneratingScript || to == Status::kPending;
    default:
      return false;
  }
}

// What became of the events, by the contract's rules for audios.
struct Tally {
  uint64_t stale = 0;
  uint64_t illegal = 0;
  uint64_t unknown = 0;  // status of an audio that is not there
  uint64_t plays = 0;
  uint64_t plays_of_unknown = 0;
  std::map<record::Status, uint64_t> moves;
};

class Audios {
 public:
  void apply(const event::Event& event) {
    std::visit([this](const auto& payload) { on(payload); }, event.payload);
  }
  const Tally& tally() const { return tally_; }
  size_t live() const { return audios_.size(); }
  uint64_t in(record::Status status) const {
    uint64_t count = 0;
    for (const auto& [id, audio] : audios_) count += audio.status == status ? 1 : 0;
    return count;
  }

 private:
  struct Audio {
    std::string content_id;
    std::string hash;
    record::Status status = record::Status::kPending;
  };

  void on(const event::AudioCreated& created) {
    const std::string id(created.content_audio_id);
    const Audio audio{std::string(created.content_id), std::string(created.content_hash)};
    EXPECT_TRUE(audios_.try_emplace(id, audio).second) << id;
    of_content_[audio.content_id].push_back(id);
  }
  void on(const event::ContentChanged& changed) {
    for (const std::string& id : of_content_[std::string(changed.content_id)]) {
      const auto it = audios_.find(id);
      if (it == audios_.end()) continue;
      EXPECT_NE(it->second.hash, changed.content_hash);
      it->second.hash = changed.content_hash;
      it->second.status = record::Status::kPending;
    }
  }
  void on(const event::AudioDeleted& deleted) {
    EXPECT_EQ(audios_.erase(std::string(deleted.content_audio_id)), 1u);
  }
  void on(const event::StatusChanged& changed) {
    const auto it = audios_.find(std::string(changed.content_audio_id));
    if (it == audios_.end()) {
      ++tally_.unknown;
      return;
    }
    if (it->second.hash != changed.content_hash) {
      ++tally_.stale;
      return;
    }
    EXPECT_EQ(it->second.content_id, changed.content_id);
    EXPECT_EQ(changed.error_message.has_value(), changed.status == record::Status::kFailed);
    EXPECT_EQ(changed.audio.has_value(), changed.status == record::Status::kCompleted);
    if (!is_legal(it->second.status, changed.status)) ++tally_.illegal;
    it->second.status = changed.status;
    ++tally_.moves[changed.status];
  }
  void on(const event::Listened& listened) {
    ++tally_.plays;
    if (audios_.count(std::string(listened.content_audio_id)) == 0) ++tally_.plays_of_unknown;
  }
  void on(const event::RecordImported&) { FAIL() << "the generator imports nothing"; }
  void on(const event::LedgerOpened&) { FAIL() << "the generator opens no ledger"; }

  std::map<std::string, Audio> audios_;
  std::map<std::string, std::vector<std::string>> of_content_;
  Tally tally_;
};

}  // namespace ledger::generate
