#include "schemas/store/fill.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/store/reader.h"
#include "schemas/store/writer.h"
#include "tests/support/maps.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

class Fill : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name = "0") const { return temp_.path() / name; }

  test::TempDir temp_{test::memory_directory()};
  ShardIdentity identity_ = sample_identity();
};

ShardState state_at(int64_t position) {
  ShardState state;
  state.position = Offset{position};
  state.log_time_max_ms = 1770832800000;
  state.counters.events = 3;
  return state;
}

TEST_F(Fill, FilledShardReadsBackWithIdentityStateAndScannedDigests) {
  ShardState filled;
  {
    ShardFill fill(path(), identity_);
    fill.begin(View::kOutcomes, {});
    fill.append("a", "1");
    fill.append("b", "2");
    fill.begin(View::kEventIds, {});
    fill.append("k", "v");
    filled = fill.finish(state_at(5));
  }
  const ShardReader reader(path());
  EXPECT_EQ(reader.identity(), identity_);
  EXPECT_EQ(reader.state(), filled);
  EXPECT_EQ(reader.state().position, Offset{5});
  EXPECT_EQ(reader.state().counters.events, 3U);
  EXPECT_EQ(reader.get(View::kOutcomes, "b"), "2");
  EXPECT_EQ(reader.get(View::kEventIds, "k"), "v");
  EXPECT_EQ(reader.entries(View::kVersions), 0U);
  EXPECT_EQ(reader.state().digests, scanned_digests(reader));
}

TEST_F(Fill, IsTheSameShardAsOneWrittenInBatches) {
  {
    ShardWriter writer(path("live"), identity_);
    writer.begin();
    for (const char* key : {"c", "a", "b"}) writer.insert(View::kOutcomes, key, "value");
    writer.commit(state_at(3));
    ShardFill fill(path("bulk"), identity_);
    fill.begin(View::kOutcomes, {});
    for (const char* key : {"a", "b", "c"}) fill.append(key, "value");
    fill.finish(state_at(3));
  }
  EXPECT_EQ(ShardReader(path("bulk")).state(), ShardReader(path("live")).state());
}

TEST_F(Fill, GoesOnFromABaseByItsDigest) {
  Digest digest{};
  for (const char* key : {"a", "b", "d"}) add(digest, entry_hash("outcomes", key, "base"));
  {
    ShardFill fill(path(), identity_);
    fill.begin(View::kOutcomes, digest);
    fill.copy("a", "base");
    fill.drop("b", "base");
    fill.append("c", "new");
    fill.copy("d", "base");
    fill.finish(state_at(9));
  }
  const ShardReader reader(path());
  EXPECT_EQ(reader.entries(View::kOutcomes), 3U);
  EXPECT_EQ(reader.get(View::kOutcomes, "b"), std::nullopt);
  EXPECT_EQ(reader.state().digests, scanned_digests(reader));
}

TEST_F(Fill, GoesOnOverMoreThanOneBuffer) {
  constexpr int kEntries = 120;  // 60 MiB
  const std::string value(size_t{512} << 10, 'v');
  {
    ShardFill fill(path(), identity_);
    fill.begin(View::kVersions, {});
    for (int i = 0; i < kEntries; ++i) fill.append(offset_key(Offset{i}), value);
    fill.begin(View::kOutcomes, {});
    fill.append("a", "1");
    fill.finish(state_at(kEntries));
  }
  const ShardReader reader(path());
  EXPECT_EQ(reader.entries(View::kVersions), static_cast<uint64_t>(kEntries));
  EXPECT_EQ(reader.get(View::kVersions, offset_key(Offset{kEntries - 1})), value);
  EXPECT_EQ(reader.state().digests, scanned_digests(reader));
}

constexpr int kManyEntries = 400'000;  // of more than 80 bytes: several times what is left at once

std::string numbered_key(int number) { return fmt::format("{:08}", number); }

TEST_F(Fill, WhatACursorLeavesBehindIsNotMappedAndReadsAsBefore) {
  const std::string value(80, 'v');
  {
    ShardFill fill(path(), identity_);
    fill.begin(View::kOutcomes, {});
    for (int i = 0; i < kManyEntries; ++i) fill.append(numbered_key(i), value);
    fill.finish(state_at(5));
  }
  const ShardReader reader(path(), true);
  const std::string beside(size_t{4} << 20, 'b');  // what is not of the file stays as it is
  ViewCursor cursor = reader.cursor(View::kOutcomes);
  const auto walk = [&](bool leaves) {
    int read = 0;
    for (bool more = cursor.first(); more; more = cursor.next(), ++read) {
      ASSERT_EQ(cursor.key(), numbered_key(read));
      ASSERT_EQ(cursor.value(), value);
      if (leaves) cursor.leave_behind();
    }
    EXPECT_EQ(read, kManyEntries);
  };
  walk(false);
  ASSERT_TRUE(cursor.last());
  const size_t all = test::mapped_kib(cursor.key().data());
  walk(true);
  ASSERT_TRUE(cursor.last());
  EXPECT_LT(test::mapped_kib(cursor.key().data()), all / 2);
  EXPECT_EQ(beside.find_first_not_of('b'), std::string::npos);
  walk(false);
}

TEST_F(Fill, OneThatWasNotFinishedIsStillBeingMade) {
  {
    ShardFill fill(path(), identity_);
    fill.begin(View::kOutcomes, {});
    fill.append("a", "1");
  }
  EXPECT_THAT(message_of([&] { ShardReader{path()}; }), testing::HasSubstr("is being made"));
}

TEST_F(Fill, LiveBatchesGoOnInIt) {
  {
    ShardFill fill(path(), identity_);
    fill.begin(View::kOutcomes, {});
    for (int i = 0; i < 1000; ++i) fill.append(offset_key(Offset{i}), "bulk");
    fill.finish(state_at(1000));
  }
  ShardWriter writer(path(), identity_);
  writer.begin();
  for (int i = 0; i < 1000; i += 2) writer.erase(View::kOutcomes, offset_key(Offset{i}));
  for (int i = 1; i < 1000; i += 4) writer.update(View::kOutcomes, offset_key(Offset{i}), "live");
  writer.insert(View::kEventIds, "k", "v");
  writer.commit(state_at(2000));
  const ShardReader reader(path());
  EXPECT_EQ(reader.entries(View::kOutcomes), 500U);
  EXPECT_EQ(reader.get(View::kOutcomes, offset_key(Offset{5})), "live");
  EXPECT_EQ(reader.state().digests, scanned_digests(reader));
}

using FillDeathTest = Fill;

TEST_F(FillDeathTest, KeyThatDoesNotAscendIsABug) {
  ShardFill fill(path(), identity_);
  fill.begin(View::kOutcomes, {});
  fill.append("b", "1");
  EXPECT_DEATH(fill.append("a", "2"), "61");
  EXPECT_DEATH(fill.copy("b", "2"), "62");
}

}  // namespace
}  // namespace ledger::store
