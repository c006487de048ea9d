// Waits for what other threads and processes bring about.
#pragma once

#include <chrono>
#include <thread>

#include "tests/support/process.h"

namespace ledger::test {

// Asks again until the answer is true, or has a value. Returns: the last answer; after kBound it is
// false, or none.
template <typename Ask>
auto eventually(Ask ask) -> decltype(ask()) {
  constexpr std::chrono::milliseconds kTick{5};
  const auto until = std::chrono::steady_clock::now() + kBound;
  auto answer = ask();
  while (!answer && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kTick);
    answer = ask();
  }
  return answer;
}

}  // namespace ledger::test
