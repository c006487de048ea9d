#include "schemas/base/time.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger {
namespace {

constexpr double kNow = 1770832800000;

TEST(Time, Rfc3339RoundTripsWithFractions) {
  EXPECT_EQ(to_rfc3339(kNow), "2026-02-11T18:00:00Z");
  EXPECT_EQ(to_rfc3339(kNow + 0.5), "2026-02-11T18:00:00.000500Z");
  EXPECT_EQ(to_rfc3339(kNow + 123), "2026-02-11T18:00:00.123Z");
  EXPECT_EQ(parse_time("2026-02-11T18:00:00.123Z", 0), kNow + 123);
  EXPECT_EQ(parse_time("2026-02-12T01:00:00+07:00", 0), kNow);
}

TEST(Time, YearsBeyondTheClockOfNanosecondsAreTimesToo) {
  EXPECT_EQ(parse_time("2600-01-01T00:00:00.25Z", 0), 19880899200000 + 250);
  EXPECT_EQ(to_rfc3339(19880899200250), "2600-01-01T00:00:00.250Z");
  EXPECT_EQ(parse_time("9999-12-31T23:59:59Z", 0), 253402300799000);
  EXPECT_EQ(to_rfc3339(253402300799999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(-500), "1969-12-31T23:59:59.500Z");
}

TEST(Time, WithoutAYearOfFourDigitsIsShownInMilliseconds) {
  EXPECT_EQ(to_rfc3339(253402300800000), "253402300800000");
  EXPECT_EQ(to_rfc3339(9007199254740991), "9007199254740991");
  EXPECT_EQ(parse_time(to_rfc3339(9007199254740991), 0), 9007199254740991);
}

TEST(Time, LongDurationsEndAtAHundredYears) {
  EXPECT_EQ(parse_duration("100000000d"), parse_duration("36500d"));
  EXPECT_GT(std::chrono::nanoseconds(parse_duration("100000000d")).count(), 0);
}

TEST(Time, ReadsEpochMillisecondsAndDistancesFromNow) {
  EXPECT_EQ(parse_time("1770832800000.5", 0), kNow + 0.5);
  EXPECT_EQ(parse_time("now-1h", kNow), kNow - 3600000);
  EXPECT_EQ(parse_time("now", kNow), kNow);
}

TEST(Time, RefusesATimeWithoutZoneAndOtherText) {
  for (const char* text :
       {"2026-02-11T18:00:00", "2026-02-11", "yesterday", "", "-5", "now-1", "9e99"}) {
    EXPECT_THROW(parse_time(text, kNow), Error) << text;
  }
}

TEST(Time, DurationsAndSizesNeedTheirUnits) {
  EXPECT_EQ(parse_duration("5ms").count(), 5000);
  EXPECT_EQ(parse_duration("1.5h").count(), 5400000000);
  EXPECT_EQ(parse_size("64MiB"), 64U << 20);
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_THROW(parse_duration("5"), Error);
  EXPECT_THROW(parse_size("5 MiB"), Error);
  EXPECT_THROW(parse_size("MiB"), Error);
}

}  // namespace
}  // namespace ledger
