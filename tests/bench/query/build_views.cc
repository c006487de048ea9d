// bench_build_views DIR [PARTITIONS] < events.ndjson: a view directory for measuring ledger-query.
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include "tests/support/views/built_views.h"

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::fputs("usage: bench_build_views DIR [PARTITIONS] < events.ndjson\n", stderr);
    return 2;
  }
  std::ios::sync_with_stdio(false);
  ledger::testing::ViewsSetup setup;
  setup.batch_events = 20'000;
  setup.genesis_ms = 1735689600000;  // 2025-01-01, before all generated events
  if (argc > 2) setup.partitions = std::stoi(argv[2]);
  ledger::testing::BuiltViews views(argv[1], setup);
  for (std::string line; std::getline(std::cin, line);) views.add(line);
  views.commit();
  std::printf("%s\n", ledger::to_text(views.positions()).c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
