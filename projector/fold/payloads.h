// What each payload does to the state: one function per payload, one file per family. Internal to
// projector/fold.
#pragma once

#include <string_view>

#include "projector/fold/fold.h"
#include "schemas/event/event.h"

namespace ledger::fold {

// What a payload's fold reads. Lifetime: of one fold().
struct Context {
  const Shard& shard;
  std::string_view id_prefix;  // of this ledger's derived ids
  Offset offset{};
  double t = 0;  // ms: occurredAt, or the log time when occurredAt is too far ahead of it
  State& state;
};

// Each adds its changes and codes, in the order of `Code`, to an applied `result`; or refuses.
void fold_payload(const event::AudioCreated& payload, const Context& context, Result& result);
void fold_payload(const event::AudioDeleted& payload, const Context& context, Result& result);
void fold_payload(const event::StatusChanged& payload, const Context& context, Result& result);
void fold_payload(const event::ContentChanged& payload, const Context& context, Result& result);
void fold_payload(const event::AccessRecorded& payload, const Context& context, Result& result);
void fold_payload(const event::PlayRecorded& payload, const Context& context, Result& result);
void fold_payload(const event::RecordImported& payload, const Context& context, Result& result);
void fold_payload(const event::LedgerOpened& payload, const Context& context, Result& result);

// The record that a payload names, for the history of an event that is not applied. Of plays and
// accesses: the row of their (userId, contentId, contentType), if it lives.
std::optional<NamedRecord> named_record(const event::Payload& payload, State& state);

// Makes `result` not applied: the refusing code stands alone.
inline void refuse(Result& result, store::Code code) {
  result.outcome.disposition = store::Disposition::kNotApplied;
  result.outcome.codes.assign(1, code);
}
inline void flag(Result& result, store::Code code) { result.outcome.codes.push_back(code); }

}  // namespace ledger::fold
