// The state of one shard in std::maps.
#include "tests/support/fold/map_state.h"

#include <algorithm>

#include "schemas/base/assert.h"

namespace ledger::testing {

namespace {

template <typename Record>
std::optional<store::Stored<Record>> find_row(const Rows<Record>& rows, std::string_view id) {
  const auto found = rows.find(std::string(id));
  if (found == rows.end()) return std::nullopt;
  return found->second;
}

bool is_of(const store::Stored<record::ContentAudio>& stored, std::string_view content_id,
           record::ContentType type) {
  return stored.row.content_id == content_id && stored.row.content_type == type;
}

template <typename Record>
void apply_change(Offset offset, const fold::Change<Record>& change, Rows<Record>& rows) {
  LEDGER_ASSERT(change.before || change.after, "at {}", raw(offset));
  if (change.before) {
    const auto found = rows.find(change.before->row.id);
    LEDGER_ASSERT(found != rows.end() && found->second == *change.before, "_id {} at {}",
                  change.before->row.id, raw(offset));
    rows.erase(found);
  }
  if (!change.after) return;
  const store::Rid expected = change.before ? change.before->rid : store::Rid{raw(offset)};
  LEDGER_ASSERT(change.after->rid == expected, "{} {}", raw(change.after->rid), raw(expected));
  LEDGER_ASSERT(change.after->from == offset, "{} {}", raw(change.after->from), raw(offset));
  const bool inserted = rows.emplace(change.after->row.id, *change.after).second;
  LEDGER_ASSERT(inserted, "_id {} lives already", change.after->row.id);
}

}  // namespace

std::optional<Offset> MapState::event_taken(const Uuid& event_id) {
  const auto found = event_ids_.find(event_id);
  if (found == event_ids_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> MapState::kept_value(Offset offset) {
  const auto found = kept_.find(offset);
  if (found == kept_.end() || !found->second) return std::nullopt;
  return *found->second;
}

std::optional<store::Stored<MapState::Audio>> MapState::audio(std::string_view id) {
  return find_row(audios_, id);
}

std::vector<store::Stored<MapState::Audio>> MapState::audios_of(std::string_view content_id,
                                                                record::ContentType type) {
  std::vector<store::Stored<Audio>> found;
  for (const auto& [id, stored] : audios_) {
    if (is_of(stored, content_id, type)) found.push_back(stored);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.row.creation_time < b.row.creation_time;
  });
  return found;
}

size_t MapState::count_audios_of(std::string_view content_id, record::ContentType type,
                                 size_t count_max) {
  const auto matches = [&](const auto& entry) { return is_of(entry.second, content_id, type); };
  return std::min(count_max,
                  static_cast<size_t>(std::count_if(audios_.begin(), audios_.end(), matches)));
}

bool MapState::has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                        std::string_view voice_id, std::string_view except_id) {
  return std::any_of(audios_.begin(), audios_.end(), [&](const auto& entry) {
    const auto& [id, stored] = entry;
    return is_of(stored, content_id, type) && stored.row.voice_id == voice_id && id != except_id;
  });
}

std::optional<store::Stored<MapState::Listening>> MapState::listening(std::string_view user_id,
                                                                      std::string_view content_id,
                                                                      record::ContentType type) {
  for (const auto& [id, stored] : listenings_) {
    const Listening& row = stored.row;
    if (row.user_id == user_id && row.content_id == content_id && row.content_type == type) {
      return stored;
    }
  }
  return std::nullopt;
}

std::optional<store::Stored<MapState::Listening>> MapState::listening_by_id(std::string_view id) {
  return find_row(listenings_, id);
}

std::optional<std::string> MapState::content_hash(std::string_view content_id,
                                                  record::ContentType type) {
  const auto found = hashes_.find({std::string(content_id), type});
  if (found == hashes_.end()) return std::nullopt;
  return found->second;
}

void MapState::keep(Offset offset, std::optional<std::string_view> value) { kept_[offset] = value; }

void MapState::apply(Offset offset, const fold::Result& result) {
  if (result.takes_event_id) {
    const bool taken = event_ids_.emplace(*result.takes_event_id, offset).second;
    LEDGER_ASSERT(taken, "{} at {}", to_text(*result.takes_event_id), raw(offset));
  }
  for (const auto& change : result.audios) apply_change(offset, change, audios_);
  for (const auto& change : result.listenings) apply_change(offset, change, listenings_);
  if (result.content_hash) {
    hashes_[{result.content_hash->content_id, result.content_hash->type}] =
        result.content_hash->hash;
  }
}

}  // namespace ledger::testing
