// The fold: event + state -> change. Pure: no clock, no randomness, no I/O; the only state is what
// `State` answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/event/codec.h"
#include "schemas/store/image.h"
#include "schemas/store/outcome.h"

namespace ledger::fold {

// A higher one may read events that this one quarantines, or fold them otherwise. Stored with every
// shard.
inline constexpr uint32_t kFoldVersion = 1;

inline constexpr size_t kLiveAudiosPerContentMax = 1000;
inline constexpr double kClockAheadMs = 10 * 60 * 1000;

using store::Stored;

// Which shard is folded.
struct Shard {
  Uuid ledger_id{};
  Partition partition{};
  int32_t partition_count = 0;
};

// One event as the kept log has it. Lifetime: text lives during fold().
struct Incoming {
  Offset offset{};
  int64_t log_time_ms = 0;  // running maximum
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
};

// What the fold may ask: the state after all earlier events of the partition. Implementations:
// projector/apply, tests.
class State {
 public:
  virtual ~State() = default;
  virtual std::optional<Offset> event_taken(const Uuid& event_id) = 0;
  // The value of an earlier event, for comparing payloads. Lifetime: until the next call.
  virtual std::optional<std::string_view> kept_value(Offset offset) = 0;
  virtual std::optional<Stored<record::ContentAudio>> audio(std::string_view id) = 0;
  // Is there a live audio of that id, and is it of that content?
  virtual bool is_audio_of(std::string_view id, std::string_view content_id,
                           record::ContentType type) {
    const auto found = audio(id);
    return found && found->row.content_id == content_id && found->row.content_type == type;
  }
  // Live audios of the content, in order of (_creationTime, _id).
  virtual std::vector<Stored<record::ContentAudio>> audios_of(std::string_view content_id,
                                                              record::ContentType type) = 0;
  virtual size_t count_audios_of(std::string_view content_id, record::ContentType type,
                                 size_t count_max) = 0;
  // Is there a live audio of (content, voice) with another _id?
  virtual bool has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                        std::string_view voice_id, std::string_view except_id) = 0;
  virtual std::optional<Stored<record::UserContentAudio>> listening(std::string_view user_id,
                                                                    std::string_view content_id,
                                                                    record::ContentType type) = 0;
  virtual std::optional<Stored<record::UserContentAudio>> listening_by_id(std::string_view id) = 0;
  // The hash of the content's last contentChanged.
  virtual std::optional<std::string> content_hash(std::string_view content_id,
                                                  record::ContentType type) = 0;
};

// One row's change. before only: deleted. after only: inserted (after.rid = the event's offset).
// Both: same rid, also when no field changed (it still makes a version). after.from is always the
// event's offset.
template <typename Record>
struct Change {
  std::optional<Stored<Record>> before;
  std::optional<Stored<Record>> after;
};

struct ContentHashChange {
  std::string content_id;
  record::ContentType type{};
  std::string hash;
};

// A not-applied event names this record (for `history`).
struct NamedRecord {
  record::Table table{};
  std::string id;
};

struct Result {
  store::Outcome outcome;
  std::optional<Uuid> takes_event_id;
  std::vector<Change<record::ContentAudio>> audios;
  std::vector<Change<record::UserContentAudio>> listenings;
  std::optional<ContentHashChange> content_hash;
  std::optional<NamedRecord> named;
};

// Folds events one after another; holds only decoding buffers.
class Fold {
 public:
  explicit Fold(const Shard& shard);
  Result fold(const Incoming& incoming, State& state);
  // The same, when incoming.value was decoded before.
  Result fold(const Incoming& incoming, const event::Decoded& decoded, State& state);

 private:
  Shard shard_;
  std::string id_prefix_;  // of this ledger's derived ids
  event::Decoder decoder_;
  event::Decoder earlier_;  // for the payload of an event whose id comes again
};

}  // namespace ledger::fold
