// The first bytes of keys as numbers, which most comparisons are decided by.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ledger::bulk {

static_assert(std::endian::native == std::endian::little);

// How many bytes two keys begin with alike, up to `limit`.
inline size_t shared_bytes(std::string_view a, std::string_view b, size_t limit) {
  const size_t size = std::min({a.size(), b.size(), limit});
  const auto end =
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin());
  return static_cast<size_t>(end.first - a.begin());
}

// The bytes behind `skip`, big-endian, zero-filled: orders as the bytes do where it differs.
inline uint64_t prefix_of(std::string_view key, size_t skip) {
  uint64_t prefix = 0;
  const std::string_view rest = key.substr(std::min(skip, key.size()));
  std::memcpy(&prefix, rest.data(), std::min(rest.size(), sizeof prefix));
  return __builtin_bswap64(prefix);
}

}  // namespace ledger::bulk
