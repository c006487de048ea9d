// What became of an event: the closed list of codes and its stored form.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::store {

// In the order of the contract's section 6. Numbers are stored: never reused, new ones go at the
// end.
enum class Code : uint8_t {
  kUndecodable = 1,
  kUnknownPayload,
  kSecondGenesis,
  kUnset,
  kLimit,
  kWrongKey,
  kWrongPartition,
  kEventIdReused,
  kAudioExists,
  kDuplicateContentVoice,
  kCreatedStale,
  kTooManyAudios,
  kUnknownAudio,
  kContentMismatch,
  kStaleContentHash,
  kIllegalTransition,
  kCompletedWithoutAudio,
  kIdentityReplaced,
  kReservedId,
  kImportReplacesNewer,
  kClockAhead,
};

std::string_view to_text(Code code);  // "undecodable"; lifetime: static
std::optional<Code> code_from(std::string_view text);
std::span<const Code> all_codes();
bool quarantines(Code code);  // events with it are not folded; all others are anomalies

enum class Disposition : uint8_t { kApplied = 1, kNotApplied, kDuplicate, kQuarantined };

// Stored only when it is not clean: applied without a code, and duplicates, have no entry in
// `outcomes`. `field`: dotted JSON path, of a limit or unset quarantine only.
struct Outcome {
  Disposition disposition = Disposition::kApplied;
  std::vector<Code> codes;
  std::string field;
  bool operator==(const Outcome&) const = default;
  bool clean() const;
};

std::string encode_outcome(const Outcome& outcome);
// Throws: Error{kIntegrity}.
Outcome decode_outcome(std::string_view value);

}  // namespace ledger::store
