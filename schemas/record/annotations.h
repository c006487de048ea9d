// The annotations of index.capnp, whose generated header does not name them.
#pragma once

#include <cstdint>
#include <optional>

namespace ledger::record {

inline constexpr uint64_t kTableAnnotation = 0xddca432c6f907412;
inline constexpr uint64_t kIndexAnnotation = 0x8062cb655250aae7;
inline constexpr uint64_t kNameAnnotation = 0xb751a2a881f78b94;
inline constexpr uint64_t kOptionalAnnotation = 0xc50c8421e05461fc;
inline constexpr uint64_t kMaxBytesAnnotation = 0x866a517aa00005d5;
inline constexpr uint64_t kTextAnnotation = 0xbef472be5cc2ecac;

// The value of one of a node's or field's annotations. Precondition: `node` is a reader of
// schema.capnp. Returns: nullopt when it has none of this id.
template <typename Node>
auto find_annotation(Node node, uint64_t id) {
  std::optional<decltype((*node.getAnnotations().begin()).getValue())> found;
  for (const auto annotation : node.getAnnotations()) {
    if (annotation.getId() == id) {
      found = annotation.getValue();
      break;
    }
  }
  return found;
}

}  // namespace ledger::record
