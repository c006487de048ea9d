// Reads the vector files of tests/golden/event.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ledger::event {

// The members of one case that are text; a null member has no entry. Numbers come as text.
using Case = std::map<std::string, std::string>;

// Throws: Error{kInvalidInput} when the file is missing or no JSON array of flat objects.
std::vector<Case> read_cases(const std::string& file);

// Throws: Error{kInvalidInput}.
std::string bytes_of(const Case& vector);

std::string golden_path(const std::string& file);

}  // namespace ledger::event
