#include "projector/bulk/dictionary.h"

#include <cstring>

#include <xxhash.h>

namespace ledger::bulk {

namespace {

std::string_view bytes_of(const uint32_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

uint32_t number_in(std::string_view bytes) {
  uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace

uint64_t Dictionary::hash_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

// Of equal hashes the first: most often the only one.
const KeyRun::Item* Dictionary::first_of(uint64_t hash) const {
  const auto first = numbers_.find(hash, [](uint32_t) { return true; });
  return first ? &texts_.items()[*first] : nullptr;
}

void Dictionary::fetch_item(uint64_t hash) const {
  if (const KeyRun::Item* const item = first_of(hash)) __builtin_prefetch(item);
}

void Dictionary::fetch_text(uint64_t hash) const {
  if (const KeyRun::Item* const item = first_of(hash)) __builtin_prefetch(item->bytes);
}

uint32_t Dictionary::number(std::string_view bytes, uint64_t hash) {
  const auto known = numbers_.find(hash, [&](uint32_t number) { return at(number) == bytes; });
  if (known) return *known;
  const uint32_t fresh = size();
  texts_.add(bytes, bytes_of(fresh));
  numbers_.add(hash, fresh);
  return fresh;
}

LargeVector<uint32_t> Dictionary::rank() {
  numbers_ = {};
  texts_.sort();
  LargeVector<uint32_t> ranks(size());
  for (uint32_t rank = 0; rank < size(); ++rank) {
    ranks[number_in(texts_.items()[rank].value())] = rank;
  }
  return ranks;
}

}  // namespace ledger::bulk
