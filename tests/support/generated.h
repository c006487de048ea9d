// Lines of ledger-generate.
#pragma once

#include <string>
#include <vector>

namespace ledger::test {

// Throws: std::runtime_error with what it says when it fails.
std::string generated(const std::vector<std::string>& options);

}  // namespace ledger::test
