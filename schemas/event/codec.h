// bytes <-> Event: one unpacked Cap'n Proto message in standard stream framing. EVENT_FORMAT.md is
// normative.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "schemas/event/event.h"

namespace ledger::event {

inline constexpr size_t kValueBytesMax = 512 * 1024;
inline constexpr size_t kSegmentsMax = 512;

// Why a value cannot be folded, in the order in which they are looked for.
enum class RejectCode : uint8_t { kUndecodable, kUnknownPayload, kUnset, kLimit };

std::string_view to_text(RejectCode code);  // "undecodable", "unknown_payload", "unset", "limit"

// `field` is the dotted JSON path (`playRecorded.userId`, `actor.kind`, `value`), empty for
// kUndecodable and kUnknownPayload. `reason` is a sentence for people about the field, never
// stored. `ledger_opened`: the payload is ledgerOpened; the fold, which alone knows the offset,
// reports second_genesis before such a kUnset or kLimit (contract, section 6). Lifetime: static
// text.
struct Rejection {
  RejectCode code{};
  std::string_view field;
  std::string_view reason;
  bool ledger_opened = false;
};

using Decoded = std::variant<Event, Rejection>;

// Decodes values one after another over one aligned, reused buffer.
// Lifetime: a decoded Event's text lives until the next decode() or the end of the decoder.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Checks framing, walks every field, then checks the limits; an Event that comes back keeps them
  // all. `value` needs no alignment; nullopt (a Kafka null) is kUndecodable. Where a ledgerOpened
  // may stand is the fold's to judge: at any offset but 0 both an Event with that payload and a
  // Rejection with `ledger_opened` are second_genesis.
  Decoded decode(std::optional<std::string_view> value);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Appends the value bytes of `event`. Precondition: it keeps the limits (limits.h).
void encode(const Event& event, std::string& out);

// Same payload kind and fields, decoded; the envelope is not compared. Source: contract, section 6.
bool same_payload(const Event& a, const Event& b);

}  // namespace ledger::event
