// Control flow of the fold: quarantine, then the event id, then the payload.
#include "projector/fold/fold.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "projector/fold/payloads.h"
#include "schemas/base/error.h"
#include "schemas/event/partition.h"

namespace ledger::fold {

namespace {

using store::Code;
using store::Disposition;

constexpr Offset kGenesisOffset{0};

Code code_of(event::RejectCode code) {
  switch (code) {
    case event::RejectCode::kUndecodable:
      return Code::kUndecodable;
    case event::RejectCode::kUnknownPayload:
      return Code::kUnknownPayload;
    case event::RejectCode::kUnset:
      return Code::kUnset;
    case event::RejectCode::kLimit:
      return Code::kLimit;
  }
  return Code::kUndecodable;
}

Result quarantined(Code code, std::string_view field = {}) {
  Result result;
  result.outcome.disposition = Disposition::kQuarantined;
  result.outcome.codes.assign(1, code);
  result.outcome.field = field;
  return result;
}

Result quarantined(const event::Rejection& rejection, Offset offset) {
  if (rejection.ledger_opened && offset != kGenesisOffset) {
    return quarantined(Code::kSecondGenesis);
  }
  return quarantined(code_of(rejection.code), rejection.field);
}

// Why a decoded event cannot stand where it stands.
std::optional<Code> misplacement(const event::Event& event, const Incoming& incoming,
                                 const Shard& shard) {
  if (std::holds_alternative<event::LedgerOpened>(event.payload)) {
    if (incoming.offset == kGenesisOffset) return std::nullopt;
    return Code::kSecondGenesis;
  }
  if (incoming.key != event::content_id(event.payload)) return Code::kWrongKey;
  if (event::partition_of(*incoming.key, shard.partition_count) != shard.partition) {
    return Code::kWrongPartition;
  }
  return std::nullopt;
}

bool is_clock_ahead(double occurred_at, int64_t log_time_ms) {
  return occurred_at > static_cast<double>(log_time_ms) + kClockAheadMs;
}

bool repeats_payload(const event::Event& event, Offset taken_at, State& state,
                     event::Decoder& decoder) {
  const event::Decoded earlier = decoder.decode(state.kept_value(taken_at));
  if (const auto* first = std::get_if<event::Event>(&earlier)) {
    return event::same_payload(event, *first);
  }
  throw Error(Fault::kIntegrity,
              fmt::format("fold: event id {} points to offset {}, which the kept log does not have "
                          "as an event; the views are damaged, run `ledger-projector rebuild`",
                          to_text(event.event_id), raw(taken_at)));
}

void fold_taken(const event::Event& event, bool duplicate, State& state, Result& result) {
  if (duplicate) {
    result.outcome.disposition = Disposition::kDuplicate;
    return;
  }
  refuse(result, Code::kEventIdReused);
  result.named = named_record(event.payload, state);
}

}  // namespace

Fold::Fold(const Shard& shard)
    : shard_(shard), id_prefix_(store::derived_id_prefix(shard.ledger_id)) {}

Result Fold::fold(const Incoming& incoming, State& state) {
  return fold(incoming, decoder_.decode(incoming.value), state);
}

Result Fold::fold(const Incoming& incoming, const event::Decoded& decoded, State& state) {
  if (const auto* rejection = std::get_if<event::Rejection>(&decoded)) {
    return quarantined(*rejection, incoming.offset);
  }
  const auto& event = std::get<event::Event>(decoded);
  if (const auto code = misplacement(event, incoming, shard_)) return quarantined(*code);

  Result result;
  const bool clock_ahead = is_clock_ahead(event.occurred_at, incoming.log_time_ms);
  const double t = clock_ahead ? static_cast<double>(incoming.log_time_ms) : event.occurred_at;
  if (const auto taken_at = state.event_taken(event.event_id)) {
    fold_taken(event, repeats_payload(event, *taken_at, state, earlier_), state, result);
  } else {
    result.takes_event_id = event.event_id;
    const Context context{shard_, id_prefix_, incoming.offset, t, state};
    std::visit([&](const auto& payload) { fold_payload(payload, context, result); }, event.payload);
    if (result.outcome.disposition == Disposition::kNotApplied) {
      result.named = named_record(event.payload, state);
    }
  }
  if (clock_ahead && result.outcome.disposition != Disposition::kDuplicate) {
    flag(result, Code::kClockAhead);
  }
  return result;
}

void fold_payload(const event::LedgerOpened&, const Context&, Result&) {}

}  // namespace ledger::fold
