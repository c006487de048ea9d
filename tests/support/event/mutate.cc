#include "tests/support/event/mutate.h"

#include <array>

namespace ledger::event {

namespace {

constexpr std::array<unsigned char, 12> kInteresting = {0,    1,   2,    3,   0x7f, 0x80,
                                                        0xff, '"', '\\', '{', '-',  '0'};

void mutate_once(std::string& bytes, std::mt19937_64& random) {
  const size_t size = bytes.size();
  const size_t at = size == 0 ? 0 : random() % size;
  const auto byte = static_cast<char>(random() % 2 == 0 ? kInteresting[random() % 12]
                                                        : static_cast<unsigned char>(random()));
  const uint64_t kind = size == 0 ? 2 : random() % 7;
  switch (kind) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
      return;
    case 1:
      bytes[at] = byte;
      return;
    case 2:
      bytes.insert(at, 1 + random() % 8, byte);
      return;
    case 3:
      bytes.erase(at, 1 + random() % 8);
      return;
    case 4: {  // a piece of itself over another place
      const std::string piece = bytes.substr(at, 1 + random() % 16);
      bytes.replace(random() % size, piece.size(), piece);
      return;
    }
    case 5:  // a word of the same bytes, where pointers and tags are
      for (size_t i = at / 8 * 8; i < size && i < at / 8 * 8 + 8; ++i) bytes[i] = byte;
      return;
    default:
      if (random() % 4 == 0) bytes.resize(at);
      return;
  }
}

}  // namespace

void mutate(std::string& bytes, std::mt19937_64& random) {
  for (uint64_t count = 1 + random() % 8; count > 0; --count) mutate_once(bytes, random);
}

}  // namespace ledger::event
