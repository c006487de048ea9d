#include <array>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/event/random_event.h"
#include "tests/support/process.h"
#include "tests/unit/store/lmdb_twin.h"

namespace ledger::store {
namespace {

constexpr int kRounds = 12;
constexpr int kChanges = 4000;

// Entries whose sizes have a range of their own, small or up to the largest.
Entries random_entries(std::mt19937_64& random) {
  const auto below = [&](size_t limit) { return random() % limit; };
  const size_t key_bytes = 1 + below(below(2) == 0 ? 40 : 500);
  const size_t value_bytes = std::array<size_t, 5>{1, 20, 300, 2'100, 9'000}[below(5)];
  const size_t count = below(1 + 2'000'000 / (key_bytes + value_bytes));
  Entries entries;
  for (size_t i = 0; i < std::min<size_t>(count, 20'000); ++i) {
    std::string key = std::to_string(random());
    key.resize(1 + below(key_bytes + 11), static_cast<char>(random()));
    entries[key].assign(below(value_bytes + 1), static_cast<char>(random()));
  }
  return entries;
}

TEST(PagesProperty, AnyDatabasesAreAsLmdbWritesThemAndLmdbGoesOn) {
  const uint64_t seed = event::test_seed(20261127);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("LEDGER_SEED=" + std::to_string(seed) + " round " + std::to_string(round));
    std::mt19937_64 random(seed + static_cast<uint64_t>(round));
    const test::TempDir temp{test::memory_directory()};
    Databases databases;
    for (const char* name : {"a", "b", "c"}) databases[name] = random_entries(random);
    write_by_lmdb(temp.path() / "lmdb", databases);
    write_by_pages(temp.path() / "pages", databases);
    expect_alike(temp.path() / "lmdb", temp.path() / "pages", databases);
    for (auto& [name, entries] : databases) {
      change(temp.path() / "pages", name, entries, random(), kChanges);
    }
  }
}

}  // namespace
}  // namespace ledger::store
