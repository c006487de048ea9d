// Seeded random events that keep every limit, with a liking for the limits' edges.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>

#include "schemas/event/event.h"

namespace ledger::event {

// Of LEDGER_SEED in the environment, else `fallback`: tests print it, so that a failure is run
// again.
uint64_t test_seed(uint64_t fallback);
// What a failure in a round of that seed says.
std::string rerun(uint64_t seed, int round);

// Lifetime: the text of an event lives until the next call of next().
class RandomEvents {
 public:
  explicit RandomEvents(uint64_t seed) : random_(seed) {}

  Event next();
  uint64_t below(uint64_t limit);  // uniform in [0, limit)
  bool chance(uint64_t percent) { return below(100) < percent; }

 private:
  struct FillMembers;

  Payload payload();
  std::string_view text(size_t bytes_min, size_t bytes_max);
  double number();
  double amount();
  double time();
  Uuid uuid();

  std::mt19937_64 random_;
  std::deque<std::string> texts_;
};

}  // namespace ledger::event
