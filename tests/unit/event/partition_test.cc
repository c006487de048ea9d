#include "schemas/event/partition.h"

#include <gtest/gtest.h>

#include "schemas/event/murmur2.h"

namespace ledger::event {
namespace {

int32_t java_hash(std::string_view key) { return static_cast<int32_t>(murmur2(key)); }

// The values of Kafka's own test of Utils.murmur2.
TEST(Murmur2, HashesAsTheJavaClient) {
  EXPECT_EQ(java_hash("21"), -973932308);
  EXPECT_EQ(java_hash("foobar"), -790332482);
  EXPECT_EQ(java_hash("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(java_hash("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(java_hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(java_hash("abc"), 479470107);
}

TEST(PartitionOf, DropsTheSignBeforeTheModulus) {
  EXPECT_EQ(raw(partition_of("foobar", 16)), (-790332482 & 0x7fffffff) % 16);
  EXPECT_EQ(raw(partition_of("abc", 7)), 479470107 % 7);
  EXPECT_EQ(raw(partition_of("anything", 1)), 0);
}

TEST(PartitionOf, BytesAbove127CountAsUnsigned) {
  EXPECT_NE(murmur2("\xff\xfe\xfd"), murmur2("\x7f\x7e\x7d"));
  EXPECT_EQ(murmur2("\xc3\xa9t\xc3\xa9"), murmur2(std::string("\xc3\xa9t\xc3\xa9")));
}

}  // namespace
}  // namespace ledger::event
