#include "tests/support/generate/ids.h"

#include "tests/support/generate/random.h"

namespace ledger::generate {

namespace {

constexpr std::string_view kBase32 = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr char kKindLetters[] = {'a', 'u', 's', 'c'};  // by IdKind, so that a reader can tell

// Fills `text` with digits of as many mixed words as it takes.
template <size_t N>
void fill(std::array<char, N>& text, std::string_view digits, uint64_t bits_per_digit,
          uint64_t seed) {
  constexpr size_t kDigitsPerWord = 8;
  uint64_t word = 0;
  for (size_t i = 0; i < N; ++i) {
    if (i % kDigitsPerWord == 0) word = mix(seed += 0x9e3779b97f4a7c15);
    text[i] = digits[word & ((uint64_t{1} << bits_per_digit) - 1)];
    word >>= bits_per_digit;
  }
}

}  // namespace

Id make_id(uint64_t seed, IdKind kind, uint64_t number) {
  Id id{};
  fill(id, kBase32, 5, mix(seed * 4 + static_cast<uint64_t>(kind)) + mix(number));
  id[0] = 'j';
  id[1] = kKindLetters[static_cast<size_t>(kind)];
  return id;
}

std::array<char, 64> make_hash(uint64_t seed, uint64_t number) {
  std::array<char, 64> hash{};
  fill(hash, kHex, 4, mix(seed + 1) ^ mix(number));
  return hash;
}

std::string make_voice_id(uint32_t voice) {
  std::string id;
  Random random(voice);
  while (id.size() < 20) id.push_back(kBase62[random.below(62)]);
  return id;
}

Uuid make_event_id(uint64_t seed, uint64_t number, double unix_ms) {
  const auto time = static_cast<uint64_t>(unix_ms);
  const uint64_t high = mix(seed ^ mix(number));
  const uint64_t low = mix(high + number);
  Uuid id{};
  for (size_t i = 0; i < 6; ++i) id[i] = static_cast<uint8_t>(time >> (40 - 8 * i));
  id[6] = static_cast<uint8_t>(0x70 | (high & 0x0f));
  id[7] = static_cast<uint8_t>(high >> 8);
  for (size_t i = 0; i < 8; ++i) id[8 + i] = static_cast<uint8_t>(low >> (8 * i));
  id[8] = static_cast<uint8_t>(0x80 | (id[8] & 0x3f));
  return id;
}

}  // namespace ledger::generate
