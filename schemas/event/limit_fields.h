// The fields of an event that limits speak of, in the order in which they are judged.
// Internal to schemas/event.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "schemas/event/event.h"

namespace ledger::event {

// In the order of the contract, section 4. A payload has at most one field of a slot.
enum TextSlot : uint8_t {
  kUserId,
  kContentId,
  kAudioStorageId,
  kActorId,
  kSource,
  kCorrelationId,
  kCausationId,
  kListeningId,     // _id of userContentAudios
  kContentAudioId,  // and _id of contentAudios
  kVoiceId,
  kContentHash,
  kScript,
  kErrorMessage,
  kTextSlots
};

struct TextLimit {
  size_t bytes_min;
  size_t bytes_max;
  std::string_view reason;
};

inline constexpr std::string_view kOneTo128 = "must be 1 to 128 bytes of UTF-8";
inline constexpr std::string_view kOneTo64 = "must be 1 to 64 bytes of UTF-8";

// Index = TextSlot.
inline constexpr std::array<TextLimit, kTextSlots> kTextLimits = {{
    {1, 128, kOneTo128},  // userId
    {1, 128, kOneTo128},  // contentId
    {1, 128, kOneTo128},  // audioStorageId
    {1, 128, kOneTo128},  // actor.id
    {1, 128, kOneTo128},  // source
    {1, 128, kOneTo128},  // correlationId
    {1, 128, kOneTo128},  // causationId
    {1, 128, kOneTo128},  // _id of userContentAudios
    {1, 64, kOneTo64},    // contentAudioId, _id of contentAudios
    {1, 64, kOneTo64},    // voiceId
    {1, 128, kOneTo128},  // contentHash
    {0, 256 * 1024, "must be at most 256 KiB of UTF-8"},
    {0, 16 * 1024, "must be at most 16 KiB of UTF-8"},
}};

enum class NumberKind : uint8_t { kPlain, kTime, kAmount };

// `name` is the dotted path, static; empty: the event has no such field.
struct TextField {
  std::string_view name;
  std::string_view text;
};
struct NumberField {
  std::string_view name;
  double value;
  NumberKind kind;
};

inline constexpr size_t kNumbersMax = 12;

struct Fields {
  std::string_view unset;  // the first enumeration that is unset
  std::array<TextField, kTextSlots> texts;
  std::array<NumberField, kNumbersMax> numbers;
  size_t number_count = 0;
  std::string_view error_message_rule;  // the errorMessage that stands or lacks against the status

  std::span<const NumberField> number_list() const { return {numbers.data(), number_count}; }
};

// Enumerations and numbers in the order of event.capnp, the envelope first.
void collect(const Event& event, Fields& fields);

}  // namespace ledger::event
