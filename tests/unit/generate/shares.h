// Is a share of random draws what it is documented to be?
#pragma once

#include <cmath>

#include <gtest/gtest.h>

namespace ledger::generate {

// Within 4.5 standard deviations of a binomial draw: one run of 100,000 goes beyond by chance, and
// seeds are fixed.
inline void expect_share(const char* what, size_t count, size_t of, double share) {
  const auto draws = static_cast<double>(of);
  EXPECT_NEAR(static_cast<double>(count), draws * share,
              4.5 * std::sqrt(draws * share * (1 - share)))
      << what << ": " << count << " of " << of;
}

}  // namespace ledger::generate
