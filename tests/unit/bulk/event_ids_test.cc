#include "projector/bulk/event_ids.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

constexpr int64_t kMany =
    5000;  // in no order they make the table of the second list grow three times
constexpr int64_t kFarBehind = 64;  // ids: those are not near the end

// Ids whose first bytes, or last bytes, are all equal.
Uuid id_of(int64_t number, size_t place) {
  Uuid id{};
  id.fill(0x70);
  id[place] = static_cast<uint8_t>(number >> 8);
  id[place + 1] = static_cast<uint8_t>(number);
  return id;
}

std::vector<EventIds::Taken> in_order(EventIds& ids) {
  std::vector<EventIds::Taken> all;
  EventIds::InOrder sorted = ids.sorted();
  while (const EventIds::Taken* taken = sorted.next()) all.push_back(*taken);
  return all;
}

class EventIdsOf : public testing::TestWithParam<size_t> {};

// As v7 ids that differ in their random end, and as ids that differ in their first bytes only.
INSTANTIATE_TEST_SUITE_P(Places, EventIdsOf, testing::Values(0, 5, 14));

TEST_P(EventIdsOf, ManyIdsAreEachFoundAtTheirOffset) {
  EventIds ids;
  for (int64_t i = 0; i < kMany; ++i) ids.add(id_of(i, GetParam()), Offset{i + 1});
  for (int64_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(ids.find(id_of(i, GetParam())), Offset{i + 1}) << i;
  }
  EXPECT_EQ(ids.find(id_of(kMany, GetParam())), std::nullopt);
}

TEST_P(EventIdsOf, SortedIsByTheBytesOfTheId) {
  EventIds ids;
  for (int64_t i = 0; i < kMany; ++i) ids.add(id_of(i * 2879 % kMany, GetParam()), Offset{i});
  for (int64_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(ids.find(id_of(i * 2879 % kMany, GetParam())), Offset{i}) << i;
  }
  EXPECT_EQ(ids.find(id_of(kMany, GetParam())), std::nullopt);
  const auto sorted = in_order(ids);
  ASSERT_EQ(sorted.size(), static_cast<size_t>(kMany));
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end(),
                             [](const auto& a, const auto& b) { return a.id() < b.id(); }));
  for (int64_t i = 0; i < kMany; ++i) {
    EXPECT_EQ(sorted[static_cast<size_t>(i)].id(), id_of(i, GetParam()));
  }
}

// Every place in the first list is looked for, from each distance to its end.
TEST_P(EventIdsOf, IdsInOrderOfBytesAreFoundAndTheirGapsAreNot) {
  EventIds ids;
  for (int64_t i = 0; i < kMany; ++i) {
    ids.add(id_of(2 * i + 1, GetParam()), Offset{i});
    if (i % 50 != 0) continue;
    for (int64_t k = 0; k <= i; ++k) {
      ASSERT_EQ(ids.find(id_of(2 * k + 1, GetParam())), Offset{k}) << i;
      ASSERT_EQ(ids.find(id_of(2 * k, GetParam())), std::nullopt) << i;
    }
  }
}

// Of two clocks, of which the other is `lag` of its ids behind.
void expect_two_clocks_found_and_sorted(EventIds& ids, int64_t lag, size_t place) {
  for (int64_t i = 0; i < kMany / 2; ++i) {
    ids.add(id_of(2 * i + 1, place), Offset{2 * i});
    if (i < lag) continue;
    ASSERT_EQ(ids.find(id_of(2 * (i - lag), place)), std::nullopt);
    ids.add(id_of(2 * (i - lag), place), Offset{2 * i + 1});
  }
  for (int64_t i = 0; i < kMany / 2; ++i) {
    ASSERT_EQ(ids.find(id_of(2 * i + 1, place)), Offset{2 * i});
    const bool is_there = i + lag < kMany / 2;
    ASSERT_EQ(ids.find(id_of(2 * i, place)),
              is_there ? std::optional(Offset{2 * (i + lag) + 1}) : std::nullopt);
  }
  EXPECT_EQ(ids.size(), static_cast<size_t>(kMany - lag));
  const size_t bytes = ids.bytes();
  const auto sorted = in_order(ids);
  EXPECT_EQ(sorted.size(), static_cast<size_t>(kMany - lag));
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end(),
                             [](const auto& a, const auto& b) { return a.id() < b.id(); }));
  EXPECT_EQ(bytes > sorted.size() * sizeof(EventIds::Taken), lag > kFarBehind) << "a table";
}

TEST_P(EventIdsOf, IdsOfTwoClocksAreFoundAndSorted) {
  EventIds ids;
  expect_two_clocks_found_and_sorted(ids, 7, GetParam());
}

TEST_P(EventIdsOf, IdsOfAClockFarBehindAreFoundInTheSecondList) {
  EventIds ids;
  expect_two_clocks_found_and_sorted(ids, kFarBehind + 1, GetParam());
}

// As the first of a log that is filled with older events.
TEST_P(EventIdsOf, IdsBehindOneFarAheadStayInTheFirstList) {
  EventIds ids;
  ids.add(id_of(2 * kMany, GetParam()), Offset{0});
  for (int64_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(ids.find(id_of(i, GetParam())), std::nullopt);
    ids.add(id_of(i, GetParam()), Offset{i + 1});
    ASSERT_EQ(ids.find(id_of(i, GetParam())), Offset{i + 1});
    ASSERT_EQ(ids.find(id_of(2 * kMany, GetParam())), Offset{0});
  }
  EXPECT_EQ(ids.bytes(), ids.size() * sizeof(EventIds::Taken)) << "no table is needed";
}

TEST(EventIds, FindsNothingInAnEmptyOne) {
  EventIds none;
  EXPECT_EQ(none.find(id_of(1, 0)), std::nullopt);
  EXPECT_TRUE(in_order(none).empty());
}

TEST(EventIds, IdOfZerosIsAnIdLikeOthers) {
  EventIds ids;
  ids.add(Uuid{}, Offset{0});
  EXPECT_EQ(ids.find(Uuid{}), Offset{0});
  EXPECT_EQ(in_order(ids).at(0).id(), Uuid{});
}

TEST(EventIds, BytesGrowWithTheIds) {
  EventIds ids;
  EXPECT_EQ(ids.bytes(), 0U);
  for (int64_t i = 0; i < kMany; ++i) ids.add(id_of(i, 3), Offset{i});
  EXPECT_GE(ids.bytes(), static_cast<size_t>(kMany) * sizeof(EventIds::Taken));
}

}  // namespace
}  // namespace ledger::bulk
