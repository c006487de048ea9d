// A value of one segment, little-endian:
//
//   u32 0 | u32 words of the segment | pointer to the root | the root's data | its pointers | ..
//   pointer to a struct   u32 2-bit kind 0, words from its end to the struct
//                         | u16 words of data | u16 pointers
#include "schemas/event/glance.h"

#include <cstdint>
#include <optional>

#include "schemas/wire/event.capnp.h"

namespace ledger::event {

namespace {

constexpr size_t kWord = 8;
constexpr size_t kRootPointerAt = 8;
constexpr size_t kPayloadTagAt = 8;      // in the data of Event
constexpr size_t kPayloadPointerAt = 5;  // of its pointers
constexpr size_t kImportTagAt = 0;       // in the data of RecordImported

struct Struct {
  size_t data_at = 0;
  size_t data_words = 0;
};

// Little-endian; 0 beyond the end, as of fields that an older writer did not have.
uint32_t read_little(std::string_view value, size_t at, size_t bytes) {
  uint32_t number = 0;
  if (at + bytes > value.size()) return number;
  for (size_t i = bytes; i > 0; --i) {
    number = number << 8 | static_cast<uint8_t>(value[at + i - 1]);
  }
  return number;
}

// Returns: nullopt of null and of a pointer of another kind.
std::optional<Struct> struct_behind(std::string_view value, size_t pointer_at) {
  const uint32_t low = read_little(value, pointer_at, 4);
  const uint32_t data_words = read_little(value, pointer_at + 4, 2);
  const int64_t words = static_cast<int32_t>(low) >> 2;
  const int64_t at = static_cast<int64_t>(pointer_at + kWord) + words * int64_t{kWord};
  if ((low & 3) != 0 || data_words == 0 || at < 0) return std::nullopt;
  return Struct{static_cast<size_t>(at), data_words};
}

}  // namespace

bool is_about_audio(std::string_view value) {
  using Payload = wire::Event::Payload;
  if (value.size() < kRootPointerAt + kWord || read_little(value, 0, 4) != 0) return false;
  const auto root = struct_behind(value, kRootPointerAt);
  if (!root || root->data_words * kWord <= kPayloadTagAt) return false;
  switch (static_cast<Payload::Which>(read_little(value, root->data_at + kPayloadTagAt, 2))) {
    case Payload::AUDIO_CREATED:
    case Payload::STATUS_CHANGED:
    case Payload::CONTENT_CHANGED:
    case Payload::AUDIO_DELETED:
      return true;
    case Payload::RECORD_IMPORTED: {
      const size_t pointers_at = root->data_at + root->data_words * kWord;
      const auto imported = struct_behind(value, pointers_at + kPayloadPointerAt * kWord);
      return imported && read_little(value, imported->data_at + kImportTagAt, 2) ==
                             wire::RecordImported::CONTENT_AUDIOS;
    }
    default:
      return false;
  }
}

}  // namespace ledger::event
