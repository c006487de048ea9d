// Small random damage to bytes, for property and fuzz tests.
#pragma once

#include <random>
#include <string>

namespace ledger::event {

// Flips, overwrites, inserts, removes, copies or cuts, one to eight times. Cost: O(size).
void mutate(std::string& bytes, std::mt19937_64& random);

}  // namespace ledger::event
