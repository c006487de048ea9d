#include "schemas/index/range.h"

#include <gtest/gtest.h>

#include "schemas/base/bytes.h"

namespace ledger::index {
namespace {

using namespace std::string_literals;

std::string key_of(const std::vector<KeyPart>& parts) {
  std::string key;
  for (const KeyPart& part : parts) append_part(key, part);
  return key;
}

TEST(Ranges, NoConditionIsTheWholeIndex) {
  const KeyRange range = to_key_range({});
  EXPECT_EQ(range.first, "");
  EXPECT_FALSE(range.limit);
}

TEST(Ranges, IncrementDropsTrailingFFAndHasNoNextAfterOnlyFF) {
  EXPECT_EQ(increment("a\xff\xff"s), "b");
  EXPECT_EQ(increment("a\x7f"s), "a\x80");
  EXPECT_EQ(increment("\xff\xff"s), std::nullopt);
  EXPECT_EQ(increment(""), std::nullopt);
}

TEST(Ranges, EqualityHoldsExactlyTheKeysThatBeginWithIt) {
  const KeyRange range = to_key_range({.equal = {KeyPart("a"), KeyPart("b")}});
  EXPECT_TRUE(range.contains(key_of({KeyPart("a"), KeyPart("b"), KeyPart(1.0)})));
  EXPECT_FALSE(range.contains(key_of({KeyPart("a"), KeyPart("b\x01"), KeyPart(1.0)})));
  EXPECT_FALSE(range.contains(key_of({KeyPart("a"), KeyPart("bb")})));
}

TEST(Ranges, EqualityTakesInLongerTextAfterNulAsConvexDoesWhichNoRecordHolds) {
  const KeyRange range = to_key_range({.equal = {KeyPart("b")}});
  EXPECT_TRUE(range.contains(key_of({KeyPart("b\0"s)})));
}

TEST(Ranges, BoundsOfOneFieldAreInclusiveOrNot) {
  const auto holds = [](std::optional<Bound> lower, std::optional<Bound> upper, double value) {
    const KeyRange range = to_key_range({{KeyPart("a")}, std::move(lower), std::move(upper)});
    return range.contains(key_of({KeyPart("a"), KeyPart(value), KeyPart("id")}));
  };
  EXPECT_TRUE(holds(Bound{KeyPart(5.0), true}, {}, 5));
  EXPECT_FALSE(holds(Bound{KeyPart(5.0), false}, {}, 5));
  EXPECT_TRUE(holds({}, Bound{KeyPart(5.0), true}, 5));
  EXPECT_FALSE(holds({}, Bound{KeyPart(5.0), false}, 5));
  EXPECT_FALSE(holds(Bound{KeyPart(6.0), true}, Bound{KeyPart(4.0), true}, 5));
}

TEST(Ranges, BoundsOnAbsentFollowConvexsOrder) {
  const KeyRange range = to_key_range({.equal = {}, .lower = Bound{KeyPart(), false}});
  EXPECT_FALSE(range.contains(key_of({KeyPart(), KeyPart(1.0)})));
  EXPECT_TRUE(range.contains(key_of({KeyPart(-1e300), KeyPart(1.0)})));
}

}  // namespace
}  // namespace ledger::index
