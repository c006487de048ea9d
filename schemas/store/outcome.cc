#include "schemas/store/outcome.h"

#include <array>

#include "schemas/store/packing_internal.h"

namespace ledger::store {

namespace {

struct CodeName {
  Code code;
  std::string_view text;
};

constexpr std::array kCodes = {
    CodeName{Code::kUndecodable, "undecodable"},
    CodeName{Code::kUnknownPayload, "unknown_payload"},
    CodeName{Code::kSecondGenesis, "second_genesis"},
    CodeName{Code::kUnset, "unset"},
    CodeName{Code::kLimit, "limit"},
    CodeName{Code::kWrongKey, "wrong_key"},
    CodeName{Code::kWrongPartition, "wrong_partition"},
    CodeName{Code::kEventIdReused, "event_id_reused"},
    CodeName{Code::kAudioExists, "audio_exists"},
    CodeName{Code::kDuplicateContentVoice, "duplicate_content_voice"},
    CodeName{Code::kCreatedStale, "created_stale"},
    CodeName{Code::kTooManyAudios, "too_many_audios"},
    CodeName{Code::kUnknownAudio, "unknown_audio"},
    CodeName{Code::kContentMismatch, "content_mismatch"},
    CodeName{Code::kStaleContentHash, "stale_content_hash"},
    CodeName{Code::kIllegalTransition, "illegal_transition"},
    CodeName{Code::kCompletedWithoutAudio, "completed_without_audio"},
    CodeName{Code::kIdentityReplaced, "identity_replaced"},
    CodeName{Code::kReservedId, "reserved_id"},
    CodeName{Code::kImportReplacesNewer, "import_replaces_newer"},
    CodeName{Code::kClockAhead, "clock_ahead"},
};

constexpr auto kAllCodes = [] {
  std::array<Code, kCodes.size()> codes{};
  for (size_t i = 0; i < kCodes.size(); ++i) codes[i] = kCodes[i].code;
  return codes;
}();

// to_text() and decode_outcome() index by number.
static_assert([] {
  for (size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<size_t>(kCodes[i].code) != i + 1) return false;
  }
  return true;
}());

}  // namespace

std::string_view to_text(Code code) { return kCodes.at(static_cast<size_t>(code) - 1).text; }

std::optional<Code> code_from(std::string_view text) {
  for (const CodeName& name : kCodes) {
    if (name.text == text) return name.code;
  }
  return std::nullopt;
}

std::span<const Code> all_codes() { return kAllCodes; }

bool quarantines(Code code) {
  switch (code) {
    case Code::kUndecodable:
    case Code::kUnknownPayload:
    case Code::kSecondGenesis:
    case Code::kUnset:
    case Code::kLimit:
    case Code::kWrongKey:
    case Code::kWrongPartition:
      return true;
    default:
      return false;
  }
}

bool Outcome::clean() const {
  return disposition == Disposition::kDuplicate ||
         (disposition == Disposition::kApplied && codes.empty());
}

std::string encode_outcome(const Outcome& outcome) {
  std::string value;
  Packer out(value);
  out.byte(static_cast<uint8_t>(outcome.disposition));
  out.byte(static_cast<uint8_t>(outcome.codes.size()));
  for (const Code code : outcome.codes) out.byte(static_cast<uint8_t>(code));
  out.text(outcome.field);
  return value;
}

Outcome decode_outcome(std::string_view value) {
  Unpacker in(value, "an outcome");
  Outcome outcome;
  const uint8_t disposition = in.byte();
  if (disposition < 1 || disposition > 4) in.fail();
  outcome.disposition = static_cast<Disposition>(disposition);
  for (uint8_t left = in.byte(); left > 0; --left) {
    const uint8_t code = in.byte();
    if (code < 1 || code > kCodes.size()) in.fail();
    outcome.codes.push_back(static_cast<Code>(code));
  }
  outcome.field = in.text();
  in.finish();
  return outcome;
}

}  // namespace ledger::store
