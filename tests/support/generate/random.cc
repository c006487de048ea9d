#include "tests/support/generate/random.h"

#include <cmath>
#include <numeric>

#include "schemas/base/assert.h"

namespace ledger::generate {

double Random::exponential(double mean) { return -mean * std::log1p(-unit()); }

WeightedChoice::WeightedChoice(const std::vector<double>& weights) : slots_(weights.size()) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  LEDGER_ASSERT(!weights.empty() && total > 0, "{} weights, sum {}", weights.size(), total);
  std::vector<double> share(weights.size());  // 1 = exactly its own slot
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    share[i] = weights[i] / total * static_cast<double>(weights.size());
    (share[i] < 1 ? small : large).push_back(i);
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t lesser = small.back();
    const uint32_t greater = large.back();
    small.pop_back();
    slots_[lesser] = {static_cast<uint32_t>(share[lesser] * 0x1.0p32), greater};
    share[greater] -= 1 - share[lesser];
    if (share[greater] < 1) {
      large.pop_back();
      small.push_back(greater);
    }
  }
  for (const auto& rest : {small, large}) {
    for (const uint32_t i : rest) slots_[i] = {UINT32_MAX, i};
  }
}

uint32_t WeightedChoice::draw(Random& random) const {
  const uint64_t bits = random.next();
  const auto i = static_cast<uint32_t>((bits >> 32) * slots_.size() >> 32);
  const Slot& slot = slots_[i];
  return static_cast<uint32_t>(bits) < slot.own_share ? i : slot.other;
}

std::vector<double> zipf_weights(size_t count, double exponent) {
  std::vector<double> weights(count);
  for (size_t i = 0; i < count; ++i) {
    weights[i] = std::pow(static_cast<double>(i + 1), -exponent);
  }
  return weights;
}

}  // namespace ledger::generate
