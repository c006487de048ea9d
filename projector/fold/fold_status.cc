// statusChanged: a job on an audio moves on.
//
//   pending           -> generating_script, failed
//   generating_script -> generating_script, generating_speech, failed, pending
//   generating_speech -> generating_speech, completed, failed, pending
//   failed            -> generating_script, pending
//
// Any other move is applied and flagged.
#include <algorithm>

#include "projector/fold/payloads.h"

namespace ledger::fold {

namespace {

using record::Status;
using store::Code;

bool is_legal(Status from, Status to) {
  switch (from) {
    case Status::kPending:
      return to == Status::kGeneratingScript || to == Status::kFailed;
    case Status::kGeneratingScript:
      return to == Status::kGeneratingScript || to == Status::kGeneratingSpeech ||
             to == Status::kFailed || to == Status::kPending;
    case Status::kGeneratingSpeech:
      return to == Status::kGeneratingSpeech || to == Status::kCompleted || to == Status::kFailed ||
             to == Status::kPending;
    case Status::kFailed:
      return to == Status::kGeneratingScript || to == Status::kPending;
    case Status::kCompleted:
    case Status::kUnset:
      return false;
  }
  return false;
}

void change_row(const event::StatusChanged& payload, const Context& context,
                record::ContentAudio& row) {
  row.status = payload.status;
  if (payload.script) row.script = context.offset;
  if (payload.audio) {
    row.audio_storage_id = payload.audio->storage_id;
    row.audio_duration = payload.audio->duration;
    row.audio_size = payload.audio->size;
  }
  if (payload.status == Status::kFailed) {
    row.error_message = context.offset;
    row.failed_at = context.t;
    row.generation_attempts += 1;
  } else if (payload.status == Status::kCompleted) {
    row.error_message.reset();
    row.failed_at.reset();
  }
  row.updated_at = std::max(row.updated_at, context.t);
}

}  // namespace

void fold_payload(const event::StatusChanged& payload, const Context& context, Result& result) {
  auto before = context.state.audio(payload.content_audio_id);
  if (!before) return refuse(result, Code::kUnknownAudio);
  if (before->row.content_id != payload.content_id) return refuse(result, Code::kContentMismatch);
  if (before->row.content_hash != payload.content_hash) {
    return refuse(result, Code::kStaleContentHash);
  }
  auto after = before;
  after->from = context.offset;
  change_row(payload, context, after->row);
  if (!is_legal(before->row.status, payload.status)) flag(result, Code::kIllegalTransition);
  if (payload.status == Status::kCompleted && !after->row.audio_storage_id) {
    flag(result, Code::kCompletedWithoutAudio);
  }
  result.audios.push_back({std::move(before), std::move(after)});
}

}  // namespace ledger::fold
