// contentChanged: every live audio of the content that was made for another hash starts again.
#include <algorithm>

#include "projector/fold/payloads.h"

namespace ledger::fold {

namespace {

void start_again(const event::ContentChanged& payload, const Context& context,
                 record::ContentAudio& row) {
  row.content_hash = payload.content_hash;
  row.status = record::Status::kPending;
  row.script.reset();
  row.audio_storage_id.reset();
  row.audio_duration.reset();
  row.audio_size.reset();
  row.error_message.reset();
  row.failed_at.reset();
  row.generation_attempts = 0;
  row.updated_at = std::max(row.updated_at, context.t);
}

}  // namespace

void fold_payload(const event::ContentChanged& payload, const Context& context, Result& result) {
  for (auto& before : context.state.audios_of(payload.content_id, payload.content_type)) {
    if (before.row.content_hash == payload.content_hash) continue;
    auto after = before;
    after.from = context.offset;
    start_again(payload, context, after.row);
    result.audios.push_back({std::move(before), std::move(after)});
  }
  result.content_hash = ContentHashChange{std::string(payload.content_id), payload.content_type,
                                          std::string(payload.content_hash)};
}

}  // namespace ledger::fold
