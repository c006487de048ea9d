// What crash tests at random moments share: how many kills, where they fall.
#pragma once

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace ledger::test {

constexpr int kKilled = 128 + SIGKILL;  // the exit code

// A `share`-th of LEDGER_KILLS, which all crash tests share.
inline int kills(int share) {
  constexpr int kByDefault = 60;
  const char* text = std::getenv("LEDGER_KILLS");
  return std::max(2, (text == nullptr ? kByDefault : std::atoi(text)) / share);
}

inline uint64_t crash_seed() {
  const char* text = std::getenv("LEDGER_SEED");
  return text == nullptr ? std::random_device()() : std::strtoull(text, nullptr, 10);
}

// Kills at a moment of [0, longest). Returns: whether that was before it had ended by itself.
inline bool run_and_kill(const std::vector<std::string>& argv, std::chrono::nanoseconds longest,
                         std::mt19937_64& random, std::string* said = nullptr) {
  Process child(argv);
  const auto delay = std::uniform_int_distribution<int64_t>(0, longest.count())(random);
  std::this_thread::sleep_for(std::chrono::nanoseconds(delay));
  child.signal(SIGKILL);
  const int code = child.wait();
  const std::string err = child.rest_of_stderr();
  EXPECT_TRUE(code == 0 || code == kKilled) << code << " " << err;
  if (said != nullptr) *said = err;
  return code != 0;
}

}  // namespace ledger::test
