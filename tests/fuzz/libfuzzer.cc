// The same targets under libFuzzer (preset fuzz): coverage leads, and our own damage is one
// mutator.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tests/fuzz/target.h"
#include "tests/support/event/mutate.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t size_max);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ledger::fuzz::run_input({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t size_max,
                                          unsigned seed) {
  std::mt19937_64 random(seed);
  if (size > 1 && random() % 2 == 0) return LLVMFuzzerMutate(data, size, size_max);
  std::string input(reinterpret_cast<const char*>(data), size);
  if (size <= 1 || random() % 8 == 0) input = ledger::fuzz::make_input(random);
  ledger::event::mutate(input, random);
  const size_t length = std::min(input.size(), size_max);
  std::memcpy(data, input.data(), length);
  return length;
}
