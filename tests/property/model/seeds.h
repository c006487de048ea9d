// Which scenarios a test runs.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace ledger::model {

#if defined(LEDGER_SANITIZED) || !defined(NDEBUG)
inline constexpr uint64_t kScenarios = 200;  // ten times dearer there
#else
inline constexpr uint64_t kScenarios = 2000;
#endif

inline uint64_t from_environment(const char* name, uint64_t fallback) {
  const char* given = std::getenv(name);
  return given == nullptr ? fallback : std::strtoull(given, nullptr, 10);
}

// LEDGER_SCENARIOS seeds from LEDGER_SEED on.
inline uint64_t scenario_count() { return from_environment("LEDGER_SCENARIOS", kScenarios); }
inline uint64_t first_seed() { return from_environment("LEDGER_SEED", 0); }

inline std::string rerun_line(uint64_t seed, const std::string& program) {
  return "run again: LEDGER_SEED=" + std::to_string(seed) +
         " LEDGER_SCENARIOS=1 build/release/tests/" + program + "\n";
}

}  // namespace ledger::model
