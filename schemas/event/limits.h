// The limits of the contract, section 4, checked before sending and again before folding, in its
// order.
#pragma once

#include <optional>

#include "schemas/event/codec.h"

namespace ledger::event {

// Returns: the first violation (kUnset before kLimit), or nullopt.
// Throws: nothing. Cost: one pass over the text.
std::optional<Rejection> check_limits(const Event& event);

// Valid UTF-8 without U+0000.
bool is_legal_text(std::string_view text);

}  // namespace ledger::event
