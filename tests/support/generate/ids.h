// Ids and hashes derived from the seed: the same number always has the same id.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/ids.h"

namespace ledger::generate {

enum class IdKind : uint8_t { kAudio, kUser, kStorage, kContent };

using Id = std::array<char, 32>;  // as long as Convex's ids

Id make_id(uint64_t seed, IdKind kind, uint64_t number);
std::array<char, 64> make_hash(uint64_t seed, uint64_t number);  // hex
std::string make_voice_id(uint32_t voice);                       // 20 characters, of any seed
// Shaped as a UUID v7 of that time; the random bits come from the seed and `number`.
Uuid make_event_id(uint64_t seed, uint64_t number, double unix_ms);

template <size_t N>
std::string_view view(const std::array<char, N>& text) {
  return {text.data(), text.size()};
}

}  // namespace ledger::generate
