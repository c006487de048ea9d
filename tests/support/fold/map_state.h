// The state of one shard in std::maps: what the fold asks, without a store.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "projector/fold/fold.h"

namespace ledger::testing {

template <typename Record>
using Rows = std::map<std::string, store::Stored<Record>>;  // by _id

class MapState : public fold::State {
 public:
  using Audio = record::ContentAudio;
  using Listening = record::UserContentAudio;

  std::optional<Offset> event_taken(const Uuid& event_id) override;
  std::optional<std::string_view> kept_value(Offset offset) override;
  std::optional<store::Stored<Audio>> audio(std::string_view id) override;
  std::vector<store::Stored<Audio>> audios_of(std::string_view content_id,
                                              record::ContentType type) override;
  size_t count_audios_of(std::string_view content_id, record::ContentType type,
                         size_t count_max) override;
  bool has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                std::string_view voice_id, std::string_view except_id) override;
  std::optional<store::Stored<Listening>> listening(std::string_view user_id,
                                                    std::string_view content_id,
                                                    record::ContentType type) override;
  std::optional<store::Stored<Listening>> listening_by_id(std::string_view id) override;
  std::optional<std::string> content_hash(std::string_view content_id,
                                          record::ContentType type) override;

  void keep(Offset offset, std::optional<std::string_view> value);
  // Fails the running test when a change does not fit the state or breaks the promises of Change.
  void apply(Offset offset, const fold::Result& result);

  const Rows<Audio>& audios() const { return audios_; }
  const Rows<Listening>& listenings() const { return listenings_; }

 private:
  std::map<Uuid, Offset> event_ids_;
  std::map<Offset, std::optional<std::string>> kept_;
  Rows<Audio> audios_;
  Rows<Listening> listenings_;
  std::map<std::pair<std::string, record::ContentType>, std::string> hashes_;
};

}  // namespace ledger::testing
