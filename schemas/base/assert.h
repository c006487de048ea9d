// Always-compiled assertions for invariants that only a bug can break: prints the operands and
// aborts.
#pragma once

#include <string>

#include <fmt/format.h>

namespace ledger {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line,
                                   const std::string& operands);

}  // namespace ledger

// LEDGER_ASSERT(a == b, "a {} b {}", a, b): the operands are mandatory, they are what the report
// shows.
#define LEDGER_ASSERT(condition, ...) \
  (static_cast<bool>(condition)       \
       ? void()                       \
       : ::ledger::assertion_failed(#condition, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__)))
