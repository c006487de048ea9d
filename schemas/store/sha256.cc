#include <nettle/sha2.h>

#include "schemas/store/sha256_internal.h"

namespace ledger::store {

Sha256 sha256(std::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()));
  Sha256 hash;
  sha256_digest(&context, hash.size(), hash.data());
  return hash;
}

}  // namespace ledger::store
