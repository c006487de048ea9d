// Programs whose stdout is a terminal.
#pragma once

#include <string>
#include <vector>

#include "tests/support/process.h"

namespace ledger::test {

// Runs a program to its end with stdout on a terminal `columns` wide; stderr stays a pipe.
// Returns: `out` as the terminal got it, with \n for \r\n.
Finished run_on_terminal(const std::vector<std::string>& argv, unsigned short columns,
                         StartOptions options = {});

}  // namespace ledger::test
