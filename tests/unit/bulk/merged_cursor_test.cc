#include "projector/bulk/merged_cursor.h"

#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/store/fill.h"
#include "tests/support/maps.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::bulk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Entries = std::map<std::string, std::string>;

constexpr store::View kView = store::View::kUserContentAudioRows;

class Merged : public ::testing::Test {
 protected:
  // Newer ones first.
  MergedCursor over(const std::vector<Entries>& views, bool skips_gone = true) {
    std::vector<store::ViewCursor> cursors;
    for (const Entries& entries : views) {
      const auto path = folder_.path() / std::to_string(shards_.size());
      {
        store::ShardFill fill(path, store::sample_identity());
        fill.begin(kView, {});
        for (const auto& [key, value] : entries) fill.copy(key, value);
        fill.finish({});
      }
      shards_.push_back(std::make_unique<store::ShardReader>(path, true));
      cursors.push_back(shards_.back()->cursor(kView));
    }
    return {std::move(cursors), skips_gone,
            [this](size_t source, std::string_view key, std::string_view) {
              hidden_.push_back(fmt::format("{}{}", key, source));
            }};
  }
  // key=value@source.
  static std::vector<std::string> all(MergedCursor& cursor, bool more) {
    std::vector<std::string> found;
    for (; more; more = cursor.next()) {
      found.push_back(fmt::format("{}={}@{}", cursor.key(), cursor.value(), cursor.source()));
    }
    return found;
  }

  test::TempDir folder_{test::memory_directory()};
  std::vector<std::unique_ptr<store::ShardReader>> shards_;
  std::vector<std::string> hidden_;
};

const std::string kLeft(kGone);

TEST_F(Merged, OfNothingThereIsNothing) {
  MergedCursor none = over({});
  EXPECT_FALSE(none.first());
  EXPECT_FALSE(none.seek("a"));
  MergedCursor empty = over({{}, {}});
  EXPECT_FALSE(empty.first());
}

TEST_F(Merged, ComesInKeyOrderAndTheNewestOfAKeyCounts) {
  MergedCursor cursor = over({{{"b", "new"}, {"d", "1"}},
                              {{"a", "2"}, {"b", "old"}, {"e", "3"}},
                              {{"b", "oldest"}, {"c", "4"}}});
  EXPECT_THAT(all(cursor, cursor.first()),
              ElementsAre("a=2@1", "b=new@0", "c=4@2", "d=1@0", "e=3@1"));
  EXPECT_THAT(hidden_, ElementsAre("b1", "b2"));
}

// Bytes that all keys share are left out of comparisons; bytes that are 0 look as if they ended.
TEST_F(Merged, KeysWithCommonBeginningsAndZeroBytesAreInOrder) {
  const std::string long_key = "user-12345678";
  const auto ended = [](std::string key) { return key.append(1, '\0'); };
  MergedCursor cursor =
      over({{{ended("user-1"), "a"}, {long_key, "c"}}, {{"user-1", "b"}, {ended(long_key), "d"}}});
  std::vector<std::string> values;
  for (bool more = cursor.first(); more; more = cursor.next()) values.emplace_back(cursor.value());
  EXPECT_THAT(values, ElementsAre("b", "a", "c", "d"));
  EXPECT_THAT(hidden_, IsEmpty());
}

TEST_F(Merged, KeyThatLeftHidesOlderEntriesUntilItComesBack) {
  MergedCursor cursor = over({{{"b", "again"}, {"c", kLeft}, {"z", kLeft}},
                              {{"a", kLeft}, {"b", kLeft}},
                              {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}});
  EXPECT_THAT(all(cursor, cursor.first()), ElementsAre("b=again@0", "d=4@2"));
  EXPECT_THAT(hidden_, ElementsAre("a1", "a2", "b1", "b2", "c0", "c2", "z0"));
}

TEST_F(Merged, KeysThatLeftStandWhereTheyAreNotSkipped) {
  MergedCursor cursor = over({{{"a", kLeft}}, {{"a", "1"}}}, false);
  ASSERT_TRUE(cursor.first());
  EXPECT_EQ(cursor.value(), kGone);
  EXPECT_FALSE(cursor.next());
}

TEST_F(Merged, SeekGoesToTheFirstEntryThatIsNotBeforeAndIsLive) {
  MergedCursor cursor =
      over({{{"b", kLeft}, {"d", "1"}}, {{"a", "2"}, {"b", "3"}, {"c", "4"}, {"e", "5"}}});
  EXPECT_THAT(all(cursor, cursor.seek("b")), ElementsAre("c=4@1", "d=1@0", "e=5@1"));
  EXPECT_FALSE(cursor.seek("f"));
  EXPECT_TRUE(cursor.seek("a"));
  EXPECT_EQ(cursor.value(), "2");
}

TEST(MayLeave, RowsAndIndexEntriesAlone) {
  EXPECT_TRUE(may_leave(store::View::kContentAudioRows));
  EXPECT_TRUE(may_leave(store::view_of(index::IndexId{1})));
  EXPECT_FALSE(may_leave(store::View::kVersions));
  EXPECT_FALSE(may_leave(store::View::kContentHashes));
}

// Of two files that are large enough to be left in parts.
TEST_F(Merged, FirstCursorsMayLeaveBehindWhatWasRead) {
  constexpr int kEntries = 200'000;
  Entries odd;
  Entries even;
  for (int i = 0; i < kEntries; ++i) {
    (i % 2 == 0 ? even : odd)[fmt::format("{:08}", i)] = std::string(200, 'v');
  }
  MergedCursor cursor = over({odd, even});
  const auto mapped_of = [&](size_t source) {
    store::ViewCursor first = shards_[source]->cursor(kView);
    return first.first() ? test::mapped_kib(first.key().data()) : 0;
  };
  const auto walk = [&](size_t left) {
    int read = 0;
    for (bool more = cursor.first(); more; more = cursor.next(), ++read) {
      ASSERT_EQ(cursor.key(), fmt::format("{:08}", read));
      ASSERT_EQ(cursor.value(), std::string(200, 'v'));
      cursor.leave_behind(left);
    }
    EXPECT_EQ(read, kEntries);
  };
  walk(0);
  const size_t all = mapped_of(0);
  walk(1);
  EXPECT_LT(mapped_of(0), all / 2);
  EXPECT_GT(mapped_of(1), all / 2);
}

}  // namespace
}  // namespace ledger::bulk
