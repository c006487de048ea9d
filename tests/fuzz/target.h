// What a fuzz target is: a way to make good input, and a check that aborts on a bug.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace ledger::fuzz {

// Legal input to start damaging from.
std::string make_input(std::mt19937_64& random);

// Aborts when the code under test breaks a promise on this input.
void run_input(std::string_view input);

// The planted bug of the *_canary programs.
[[noreturn]] inline void canary() {
  std::fputs("canary found\n", stderr);
  std::_Exit(1);  // not abort(): ctest fails a test for a signal, whatever it printed
}

}  // namespace ledger::fuzz
