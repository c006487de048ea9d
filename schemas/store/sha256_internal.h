// SHA-256 of the hash chain and of derived ids.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ledger::store {

using Sha256 = std::array<uint8_t, 32>;

Sha256 sha256(std::string_view bytes);

}  // namespace ledger::store
