// audioCreated and audioDeleted: a row of contentAudios begins or ends.
#include "projector/fold/payloads.h"

namespace ledger::fold {

namespace {

using store::Code;
using StoredAudio = Stored<record::ContentAudio>;

StoredAudio created_row(const event::AudioCreated& payload, const Context& context) {
  StoredAudio created{store::Rid{raw(context.offset)}, context.offset, {}};
  record::ContentAudio& row = created.row;
  row.id = payload.content_audio_id;
  row.creation_time = context.t;
  row.content_id = payload.content_id;
  row.content_type = payload.content_type;
  row.locale = payload.locale;
  row.content_hash = payload.content_hash;
  row.voice_id = payload.voice_id;
  row.voice_settings = payload.voice_settings;
  row.status = record::Status::kPending;
  row.generation_attempts = 0;
  row.updated_at = context.t;
  return created;
}

}  // namespace

void fold_payload(const event::AudioCreated& payload, const Context& context, Result& result) {
  State& state = context.state;
  if (state.audio(payload.content_audio_id)) return refuse(result, Code::kAudioExists);
  const size_t live =
      state.count_audios_of(payload.content_id, payload.content_type, kLiveAudiosPerContentMax);
  if (live >= kLiveAudiosPerContentMax) return refuse(result, Code::kTooManyAudios);
  if (live > 0 && state.has_other_audio_of_voice(payload.content_id, payload.content_type,
                                                 payload.voice_id, payload.content_audio_id)) {
    flag(result, Code::kDuplicateContentVoice);
  }
  const auto last_hash = state.content_hash(payload.content_id, payload.content_type);
  if (last_hash && *last_hash != payload.content_hash) flag(result, Code::kCreatedStale);
  result.audios.push_back({std::nullopt, created_row(payload, context)});
}

void fold_payload(const event::AudioDeleted& payload, const Context& context, Result& result) {
  auto live = context.state.audio(payload.content_audio_id);
  if (!live) return refuse(result, Code::kUnknownAudio);
  if (live->row.content_id != payload.content_id) return refuse(result, Code::kContentMismatch);
  result.audios.push_back({std::move(live), std::nullopt});
}

}  // namespace ledger::fold
