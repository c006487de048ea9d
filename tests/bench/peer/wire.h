// Events of workload W as the peers read them: fixed places, little-endian, no parsing, about half
// the bytes of an event of the ledger. The message's key is the contentId.
//
//     0   1  kind          1 created, 2 status changed, 3 content hash changed, 4 play
//     1   1  content type
//     2   1  locale        of created
//     3   1  status        0 pending .. 4 failed
//     4   4  script bytes  of status changed
//     8   8  occurredAt    ms
//    16  16  eventId
//    32  32  contentId
//    64  32  audio id
//    96  ..  created: hash 64, voice 20 | status: the script | hash: hash 64 | play: userId 32
//
// What every peer keeps, of each partition:
//     A   audio id -> contentId 32, type, locale, status, hash 64, voice 20, created 8, updated 8,
//     script
//         and the entries content_voice, content, contentHash, status, each with the audio id
//         behind
//     U   row_id -> userId 32, audio id 32, contentId 32, type, plays 8, last played 8, updated 8
//         and the entries user, user_content, contentAudio, each with the row id behind
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace ledger::peer {

enum class Kind : uint8_t { kCreated = 1, kStatus = 2, kHash = 3, kPlay = 4 };

inline constexpr size_t kTypeAt = 1;
inline constexpr size_t kLocaleAt = 2;
inline constexpr size_t kStatusAt = 3;
inline constexpr size_t kScriptBytesAt = 4;
inline constexpr size_t kTimeAt = 8;
inline constexpr size_t kEventIdAt = 16;
inline constexpr size_t kContentAt = 32;
inline constexpr size_t kAudioAt = 64;
inline constexpr size_t kBodyAt = 96;
inline constexpr size_t kIdBytes = 32;
inline constexpr size_t kHashBytes = 64;
inline constexpr size_t kVoiceBytes = 20;
inline constexpr size_t kRowIdBytes = 16;

template <typename Number>
Number load(const char* from) {
  Number number;
  std::memcpy(&number, from, sizeof number);
  return number;
}

template <typename Number>
void store(char* to, Number number) {
  std::memcpy(to, &number, sizeof number);
}

inline uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// 128 bits of (userId, contentId, type), so that a play needs one get and no scan; Peer.java has
// the same.
inline void row_id(const char* user, const char* content, char type, char* out) {
  uint64_t a = 0x243F6A8885A308D3ull + static_cast<uint8_t>(type);
  uint64_t b = 0x13198A2E03707344ull ^ static_cast<uint8_t>(type);
  for (const char* text : {user, content}) {
    for (size_t i = 0; i < kIdBytes; i += 8) {
      const auto word = load<uint64_t>(text + i);
      a = mix(a ^ word) * 0x9E3779B97F4A7C15ull;
      b = mix(b + word) ^ a;
    }
  }
  store(out, mix(a));
  store(out + 8, mix(b ^ a));
}

}  // namespace ledger::peer
