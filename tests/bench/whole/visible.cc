// bench_visible SHARD: prints `NANOSECONDS POSITION` (steady clock) whenever a new snapshot of the
// shard stands further on, looking every half millisecond, until stdin ends.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>

#include <poll.h>
#include <unistd.h>

#include "schemas/store/reader.h"

namespace {

constexpr timespec kPause{0, 500'000};

bool told_to_stop() {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return ppoll(&in, 1, &kPause, nullptr) > 0;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return std::fputs("usage: bench_visible SHARD\n", stderr), 2;
  ledger::store::ShardReader shard{argv[1]};
  int64_t seen = -1;
  while (!told_to_stop()) {
    shard.renew();
    const auto position = static_cast<int64_t>(shard.state().position);
    if (position == seen) continue;
    seen = position;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    std::printf("%jd %jd\n", intmax_t{std::chrono::nanoseconds{now}.count()}, intmax_t{seen});
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_visible: %s\n", error.what());
  return 1;
}
