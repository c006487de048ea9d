// Value bytes -> Event.
//
// Stream framing: u32 segments - 1 | u32 words of each segment | padding to 8 bytes | the segments,
// all little-endian. Source: EVENT_FORMAT.md.
#include <array>
#include <cstring>

#include <capnp/message.h>
#include <kj/exception.h>

#include "schemas/event/codec.h"
#include "schemas/event/limits.h"
#include "schemas/event/walk.h"

namespace ledger::event {

namespace {

using capnp::word;
using Segment = kj::ArrayPtr<const word>;

constexpr Rejection kUndecodable{RejectCode::kUndecodable, "", "is not one Cap'n Proto Event"};
// More than the known fields of any value under kValueBytesMax can reach, each pointing at all of
// it; so it never decides about a value, and bounds the work all the same.
constexpr uint64_t kTraversalWordsMax = 64 * kValueBytesMax / sizeof(word);

uint32_t read_le32(const char* bytes) {
  const auto byte = [&](size_t at) { return uint32_t{static_cast<uint8_t>(bytes[at])}; };
  return byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
}

// The first of the codes, in the contract's order, that the event earns.
std::optional<Rejection> judge(const WalkResult& walked, const Event& event) {
  if (walked.undecodable) return kUndecodable;
  if (walked.unknown_payload) {
    return Rejection{RejectCode::kUnknownPayload, "", "has a payload of a later version"};
  }
  std::optional<Rejection> violation = check_limits(event);
  const bool unset = violation && violation->code == RejectCode::kUnset;
  if (!walked.unset_payload.empty() && !(unset && violation->field == "actor.kind")) {
    violation =
        Rejection{RejectCode::kUnset, walked.unset_payload, "must hold exactly one payload"};
  } else if (!walked.wrong_uuid.empty() && !unset) {
    violation = Rejection{RejectCode::kLimit, walked.wrong_uuid, "must be 16 bytes"};
  }
  if (violation) violation->ledger_opened = std::holds_alternative<LedgerOpened>(event.payload);
  return violation;
}

}  // namespace

struct Decoder::Impl {
  kj::Array<word> words;  // 8-aligned, kept at the largest size so far
  std::array<Segment, kSegmentsMax> segments;

  // Copies `value` into `words` and cuts it into segments.
  // Returns: their number; 0 when the framing is wrong.
  size_t frame(std::string_view value);
  Decoded decode_framed(size_t segment_count);
};

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Decoded Decoder::decode(std::optional<std::string_view> value) {
  if (!value) return kUndecodable;
  if (value->size() > kValueBytesMax) {
    return Rejection{RejectCode::kLimit, "value", "must be at most 512 KiB"};
  }
  const size_t segment_count = impl_->frame(*value);
  if (segment_count == 0) return kUndecodable;
  try {
    return impl_->decode_framed(segment_count);
  } catch (const kj::Exception&) {
    return kUndecodable;
  }
}

size_t Decoder::Impl::frame(std::string_view value) {
  if (value.size() < sizeof(word) || value.size() % sizeof(word) != 0) return 0;
  const uint64_t count = uint64_t{read_le32(value.data())} + 1;
  if (count > kSegmentsMax) return 0;
  const size_t table_words = count / 2 + 1;
  const size_t value_words = value.size() / sizeof(word);
  if (table_words > value_words) return 0;
  if (words.size() < value_words) words = kj::heapArray<word>(value_words);
  std::memcpy(words.begin(), value.data(), value.size());
  size_t at = table_words;
  for (size_t i = 0; i < count; ++i) {
    const size_t size = read_le32(value.data() + 4 * (i + 1));
    if (size > value_words - at) return 0;
    segments[i] = Segment(words.begin() + at, size);
    at += size;
  }
  return at == value_words ? count : 0;
}

// One result on every path, so that the event is built where the caller wants it.
Decoded Decoder::Impl::decode_framed(size_t segment_count) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = kTraversalWordsMax;
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(segments.data(), segment_count), options);
  Decoded decoded{std::in_place_type<Event>};
  Event& event = std::get<Event>(decoded);
  const WalkResult walked = walk(message.getRoot<wire::Event>(), event);
  if (std::optional<Rejection> rejection = judge(walked, event)) decoded = *rejection;
  return decoded;
}

}  // namespace ledger::event
