#include "projector/bulk/key_prefix.h"

#include <string>

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

using namespace std::string_view_literals;

TEST(KeyPrefix, SharedBytesEndWhereKeysDifferOrOneEnds) {
  EXPECT_EQ(shared_bytes("abc", "abd", 9), 2U);
  EXPECT_EQ(shared_bytes("abc", "ab", 9), 2U);
  EXPECT_EQ(shared_bytes("abc", "abc", 1), 1U);
  EXPECT_EQ(shared_bytes("", "abc", 9), 0U);
}

TEST(KeyPrefix, OrdersAsTheBytesWhereItDiffers) {
  EXPECT_LT(prefix_of("ab\x7F", 0), prefix_of("ab\x80", 0));
  EXPECT_LT(prefix_of("user-1", 5), prefix_of("user-12", 5));
  EXPECT_LT(prefix_of("user-19", 5), prefix_of("user-2", 5));
}

TEST(KeyPrefix, IsEqualWhereZeroBytesAreAllThatDiffers) {
  EXPECT_EQ(prefix_of("a"sv, 0), prefix_of("a\0"sv, 0));
  EXPECT_EQ(prefix_of("ab", 2), 0U);
  EXPECT_EQ(prefix_of("ab", 3), 0U);
}

}  // namespace
}  // namespace ledger::bulk
