#include "schemas/base/ids.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger {
namespace {

TEST(Ids, UuidTextRoundTripsInLowerCase) {
  Uuid uuid{};
  ASSERT_TRUE(parse_uuid("0197A1C2-0000-7abc-8def-00112233445f", uuid));
  EXPECT_EQ(to_text(uuid), "0197a1c2-0000-7abc-8def-00112233445f");
  EXPECT_FALSE(parse_uuid("0197a1c2-0000-7abc-8def-00112233445", uuid));
  EXPECT_FALSE(parse_uuid("0197a1c200007abc8def00112233445f", uuid));
  EXPECT_FALSE(parse_uuid("0197a1c2-0000-7abc-8def00-112233445f", uuid));
  EXPECT_FALSE(parse_uuid("0197a1c2-0000-7abc-8def-0011223344-f", uuid));
  EXPECT_FALSE(parse_uuid("0197a1c2-0000-7abcx8def-00112233445f", uuid));
  EXPECT_EQ(to_text(uuid), "0197a1c2-0000-7abc-8def-00112233445f");  // as it was
}

TEST(Ids, UuidV7CarriesItsTimeVersionAndVariant) {
  const Uuid uuid = make_uuid_v7(0x0197A1C2D3E4);
  EXPECT_EQ(to_text(uuid).substr(0, 15), "0197a1c2-d3e4-7");
  EXPECT_EQ(uuid[8] >> 6, 2);
  EXPECT_NE(make_uuid_v7(1), make_uuid_v7(1));
}

TEST(Ids, PositionVectorRoundTripsAndNamesWhatIsWrong) {
  EXPECT_EQ(to_text(parse_position_vector("1:456,0:123")), "0:123,1:456");
  for (const char* text : {"", "0", "0:", ":1", "0:1,", "0:-1", "a:1", "0:1,0:2", "0:1 "}) {
    EXPECT_THROW(parse_position_vector(text), Error) << text;
  }
}

}  // namespace
}  // namespace ledger
