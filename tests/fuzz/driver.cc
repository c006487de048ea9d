// A fuzz loop for any compiler: usage: TARGET RUNS [SEED]. Damages legal input by seed and run
// number, so a failure is run again with the printed seed.
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "tests/fuzz/target.h"
#include "tests/support/event/mutate.h"

namespace {

char rerun[128];

// Says which seed it was, then dies of the same signal.
void report(int signal) {
  static_cast<void>(!write(STDERR_FILENO, rerun, std::strlen(rerun)));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s RUNS [SEED]\n", argv[0]);
    return 2;
  }
  const uint64_t runs = std::strtoull(argv[1], nullptr, 10);
  const uint64_t first_seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) std::signal(signal, report);
  for (uint64_t seed = first_seed; seed < first_seed + runs; ++seed) {
    std::snprintf(rerun, sizeof rerun, "failed; run again: %.64s 1 %" PRIu64 "\n", argv[0], seed);
    std::mt19937_64 random(seed);
    std::string input = ledger::fuzz::make_input(random);
    ledger::event::mutate(input, random);
    ledger::fuzz::run_input(input);
  }
  std::printf("%" PRIu64 " runs from seed %" PRIu64 ", nothing found\n", runs, first_seed);
  return 0;
}
