#include "projector/bulk/row_hashes.h"

#include <xxhash.h>

namespace ledger::bulk {

namespace {
constexpr uint64_t kForeignSeed = 1;  // an imported _id may be an audio's too
}

uint64_t natural_hash(std::string_view user_id, std::string_view content_id,
                      record::ContentType type) {
  const uint64_t seed = XXH3_64bits(user_id.data(), user_id.size()) + static_cast<uint64_t>(type);
  return XXH3_64bits_withSeed(content_id.data(), content_id.size(), seed);
}

uint64_t audio_hash(std::string_view id) { return XXH3_64bits(id.data(), id.size()); }

uint64_t foreign_hash(std::string_view id) {
  return XXH3_64bits_withSeed(id.data(), id.size(), kForeignSeed);
}

}  // namespace ledger::bulk
