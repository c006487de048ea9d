#include "projector/bulk/distinct_count.h"

#include <gtest/gtest.h>
#include <xxhash.h>

namespace ledger::bulk {
namespace {

constexpr double kErrorMax = 0.1;  // three standard errors

DistinctCount count_of(size_t distinct, size_t times) {
  DistinctCount count;
  for (size_t i = 0; i < times; ++i) {
    for (size_t value = 0; value < distinct; ++value) {
      count.add(XXH3_64bits(&value, sizeof value));
    }
  }
  return count;
}

TEST(DistinctCount, NothingIsNone) { EXPECT_EQ(DistinctCount().estimate(), 0U); }

TEST(DistinctCount, FewAndManyAreToldWithinThreeErrors) {
  for (const size_t distinct : {1U, 10U, 300U, 2000U, 3000U, 50'000U, 700'000U}) {
    const auto estimate = static_cast<double>(count_of(distinct, 1).estimate());
    EXPECT_NEAR(estimate / static_cast<double>(distinct), 1, kErrorMax) << distinct;
  }
}

TEST(DistinctCount, ValuesThatComeAgainCountOnce) {
  EXPECT_EQ(count_of(5000, 7).estimate(), count_of(5000, 1).estimate());
}

}  // namespace
}  // namespace ledger::bulk
