// accessRecorded and playRecorded: the row of one user and one content.
#include <algorithm>

#include "projector/fold/payloads.h"

namespace ledger::fold {

namespace {

using store::Code;
using StoredListening = Stored<record::UserContentAudio>;

enum class Kind { kAccess, kPlay };

StoredListening first_row(const event::Listened& payload, Kind kind, const Context& context) {
  StoredListening first{store::Rid{raw(context.offset)}, context.offset, {}};
  record::UserContentAudio& row = first.row;
  row.id = store::derived_id(context.id_prefix, context.shard.partition, context.offset);
  row.creation_time = context.t;
  row.user_id = payload.user_id;
  row.content_audio_id = payload.content_audio_id;
  row.content_id = payload.content_id;
  row.content_type = payload.content_type;
  row.play_count = kind == Kind::kPlay ? 1 : 0;
  if (kind == Kind::kPlay) row.last_played_at = context.t;
  row.updated_at = context.t;
  return first;
}

void change_row(const event::Listened& payload, Kind kind, const Context& context,
                record::UserContentAudio& row) {
  if (kind == Kind::kPlay) {
    row.play_count += 1;
    row.last_played_at = std::max(row.last_played_at.value_or(context.t), context.t);
  }
  if (context.t >= row.updated_at) row.content_audio_id = payload.content_audio_id;
  row.updated_at = std::max(row.updated_at, context.t);
}

void fold_listened(const event::Listened& payload, Kind kind, const Context& context,
                   Result& result) {
  if (!context.state.is_audio_of(payload.content_audio_id, payload.content_id,
                                 payload.content_type)) {
    flag(result, Code::kUnknownAudio);
  }
  auto before = context.state.listening(payload.user_id, payload.content_id, payload.content_type);
  if (!before) {
    result.listenings.push_back({std::nullopt, first_row(payload, kind, context)});
    return;
  }
  auto after = before;
  after->from = context.offset;
  change_row(payload, kind, context, after->row);
  result.listenings.push_back({std::move(before), std::move(after)});
}

}  // namespace

void fold_payload(const event::AccessRecorded& payload, const Context& context, Result& result) {
  fold_listened(payload, Kind::kAccess, context, result);
}

void fold_payload(const event::PlayRecorded& payload, const Context& context, Result& result) {
  fold_listened(payload, Kind::kPlay, context, result);
}

}  // namespace ledger::fold
