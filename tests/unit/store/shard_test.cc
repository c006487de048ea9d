#include <atomic>
#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <lmdb.h>

#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

class Shard : public testing::Test {
 protected:
  std::filesystem::path path() const { return temp_.path() / "gen-1" / "0"; }

  test::TempDir temp_;
  ShardIdentity identity_ = sample_identity();
};

TEST_F(Shard, ReaderSeesCommittedBatchesOnlyAndDigestsEqualARecomputation) {
  ShardWriter writer(path(), identity_);
  writer.begin();
  writer.insert(View::kEventIds, "a", "1");
  writer.insert(View::kEventIds, "b", "2");
  writer.insert(View::kOutcomes, "c", "3");
  ShardState state;
  state.position = Offset{3};
  writer.commit(state);
  ShardReader reader(path());
  writer.begin();
  writer.erase(View::kEventIds, "a");
  writer.update(View::kEventIds, "b", "4");
  EXPECT_EQ(reader.get(View::kEventIds, "b"), "2");
  state.position = Offset{4};
  writer.commit(state);
  EXPECT_EQ(reader.get(View::kEventIds, "b"), "2");
  reader.renew();
  EXPECT_EQ(reader.get(View::kEventIds, "a"), std::nullopt);
  EXPECT_EQ(reader.get(View::kEventIds, "b"), "4");
  EXPECT_EQ(reader.state().position, Offset{4});
  EXPECT_EQ(reader.state().digests, scanned_digests(reader));
}

TEST_F(Shard, WritesThatContradictTheViewAreIntegrityFaults) {
  ShardWriter writer(path(), identity_);
  writer.begin();
  writer.insert(View::kEventIds, "a", "1");
  for (const auto& write :
       std::vector<std::function<void()>>{[&] { writer.insert(View::kEventIds, "a", "2"); },
                                          [&] { writer.update(View::kEventIds, "b", "2"); },
                                          [&] { writer.erase(View::kEventIds, "b"); }}) {
    try {
      write();
      FAIL() << "no fault";
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kIntegrity) << error.what();
    }
  }
}

TEST_F(Shard, AnotherLedgersShardIsRefusedWithTheDifference) {
  { ShardWriter writer(path(), identity_); }
  identity_.log.ledger_id[0] = 99;
  try {
    ShardWriter writer(path(), identity_);
    FAIL() << "no fault";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIncompatible);
    EXPECT_NE(std::string(error.what()).find("ledgerId"), std::string::npos) << error.what();
  }
}

TEST_F(Shard, NewShardStandsAtTheStartWithEveryViewEmpty) {
  { ShardWriter writer(path(), identity_); }
  const ShardReader reader(path());
  EXPECT_EQ(reader.identity(), identity_);
  EXPECT_EQ(reader.state(), ShardState());
  for (const ViewName& name : view_names(identity_.declarations)) {
    EXPECT_EQ(reader.entries(name.view), 0U) << name.name;
    ViewCursor cursor = reader.cursor(name.view);
    EXPECT_FALSE(cursor.first() || cursor.last() || cursor.seek("a") || cursor.seek_before("a"));
    EXPECT_FALSE(cursor.valid());
  }
}

TEST_F(Shard, DroppedBatchLeavesNothingBehindNorInTheDigests) {
  ShardWriter writer(path(), identity_);
  writer.begin();
  writer.insert(View::kEventIds, "a", "1");
  writer.abort();
  writer.begin();
  EXPECT_EQ(writer.get(View::kEventIds, "a"), std::nullopt);
  writer.commit({});
  EXPECT_EQ(ShardReader(path()).state().digests, scanned_digests(ShardReader(path())));
}

TEST_F(Shard, StateAndDigestsGoOnWhenItIsOpenedAnew) {
  ShardState state;
  for (int i = 0; i < 3; ++i) {
    ShardWriter writer(path(), identity_);
    EXPECT_EQ(writer.state().position, state.position);
    writer.begin();
    writer.insert(View::kEventIds, std::to_string(i), "1");
    state.position = next(state.position);
    state.log_time_max_ms = 17 + i;
    state.counters.codes[Code::kLimit] = 5;
    writer.commit(state);
    EXPECT_EQ(writer.state().log_time_max_ms, 17 + i);
  }
  const ShardReader reader(path());
  EXPECT_EQ(reader.state().position, Offset{3});
  EXPECT_EQ(reader.state().counters, state.counters);
  EXPECT_EQ(reader.state().digests, scanned_digests(reader));
}

TEST_F(Shard, BatchReadsItsOwnWrites) {
  ShardWriter writer(path(), identity_);
  writer.begin();
  for (const char* key : {"b", "d"}) writer.insert(View::kEventIds, key, key);
  std::string_view key;
  std::string_view value;
  EXPECT_TRUE(writer.seek(View::kEventIds, "", key, value));
  EXPECT_EQ(key, "b");
  EXPECT_TRUE(writer.seek(View::kEventIds, "c", key, value));
  EXPECT_EQ(value, "d");
  EXPECT_TRUE(writer.seek(View::kEventIds, "d", key, value));
  EXPECT_FALSE(writer.seek(View::kEventIds, "e", key, value));
  writer.erase(View::kEventIds, "b");
  EXPECT_EQ(writer.get(View::kEventIds, "b"), std::nullopt);
  EXPECT_EQ(writer.get(View::kEventIds, "d"), "d");
}

TEST_F(Shard, CursorsWalkAViewBothWays) {
  ShardWriter writer(path(), identity_);
  writer.begin();
  for (const char* key : {"b", "d", "f"}) writer.insert(View::kEventIds, key, key);
  writer.commit({});
  const ShardReader reader(path());
  EXPECT_EQ(reader.entries(View::kEventIds), 3U);
  EXPECT_GT(reader.file_bytes(), 0U);
  ViewCursor cursor = reader.cursor(View::kEventIds);
  const auto at = [&](bool found) { return found ? std::string(cursor.key()) : ""; };
  EXPECT_EQ(at(cursor.seek("")), "b");
  EXPECT_EQ(at(cursor.seek("d")), "d");
  EXPECT_EQ(at(cursor.seek("e")), "f");
  EXPECT_EQ(at(cursor.seek("g")), "");
  EXPECT_EQ(at(cursor.seek_before("g")), "f");
  EXPECT_EQ(at(cursor.seek_before("f")), "d");
  EXPECT_EQ(at(cursor.seek_before("e")), "d");
  EXPECT_EQ(at(cursor.seek_before("b")), "");
  EXPECT_EQ(at(cursor.seek_before("")), "");
  EXPECT_EQ(at(cursor.last()), "f");
  EXPECT_EQ(at(cursor.prev()), "d");
  EXPECT_EQ(at(cursor.next()), "f");
  EXPECT_EQ(at(cursor.next()), "");
}

TEST_F(Shard, RowIsReadAsItStoodAtAPosition) {
  // Inserted at 2, changed at 5, deleted at 9.
  const auto row = [](double plays) {
    record::UserContentAudio listening;
    listening.id = "u";
    listening.content_type = record::ContentType::kArticle;
    listening.play_count = plays;
    return listening;
  };
  const auto image = [&](double plays) {
    std::string bytes;
    encode_image(row(plays), Rid{2}, bytes);
    return bytes;
  };
  ShardWriter writer(path(), identity_);
  writer.begin();
  const std::string key = rid_key(Rid{2});
  writer.insert(View::kVersions, version_key(Rid{2}, Offset{2}), image(1));
  writer.insert(View::kUserContentAudioRows, key,
                encode_row<record::UserContentAudio>({Rid{2}, Offset{5}, row(2)}));
  writer.commit({});
  ShardReader reader(path());
  const auto plays_at = [&](int64_t position) -> double {
    const auto stored = read_row_at<record::UserContentAudio>(reader, Rid{2}, Offset{position});
    return stored ? stored->row.play_count : -1;
  };
  EXPECT_EQ(plays_at(2), -1);
  EXPECT_EQ(plays_at(3), 1);
  EXPECT_EQ(plays_at(5), 1);
  EXPECT_EQ(plays_at(6), 2);
  EXPECT_EQ(read_row<record::UserContentAudio>(reader, Rid{2}).from, Offset{5});
  EXPECT_EQ(fault_of([&] { read_row<record::UserContentAudio>(reader, Rid{3}); }),
            Fault::kIntegrity);
  EXPECT_EQ(read_row_at<record::UserContentAudio>(reader, Rid{3}, Offset{99}), std::nullopt);
  writer.begin();
  writer.erase(View::kUserContentAudioRows, key);
  writer.insert(View::kVersions, version_key(Rid{2}, Offset{5}), image(2));
  writer.insert(View::kVersions, version_key(Rid{2}, Offset{9}), "");
  writer.commit({});
  reader.renew();
  EXPECT_EQ(plays_at(5), 1);
  EXPECT_EQ(plays_at(9), 2);
  EXPECT_EQ(plays_at(10), -1);
}

TEST_F(Shard, ReaderOfNothingIsUnavailable) {
  const auto error = error_of([&] { ShardReader{path()}; });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), Fault::kUnavailable);
  EXPECT_NE(std::string(error->what()).find("ledger-projector run"), std::string::npos);
}

TEST_F(Shard, EnvironmentThatHasNothingYetIsUnavailable) {
  std::filesystem::create_directories(path());
  MDB_env* env = nullptr;
  ASSERT_EQ(mdb_env_create(&env), 0);
  ASSERT_EQ(mdb_env_open(env, path().c_str(), 0, 0664), 0);  // as when its writer died right here
  mdb_env_close(env);
  EXPECT_EQ(fault_of([&] { ShardReader{path()}; }), Fault::kUnavailable);
  ShardWriter writer(path(), identity_);
  EXPECT_NO_THROW(ShardReader{path()});
}

TEST_F(Shard, SyncedWriterDoesNotTakeOverAnUnsyncedOne) {
  ShardWriter building(path(), identity_, {.sync = false});
  building.begin();
  building.insert(View::kEventIds, "a", "1");
  building.commit({});
  building.sync();
  EXPECT_EQ(fault_of([&] { ShardWriter(path(), identity_); }), Fault::kUnavailable);
}

TEST_F(Shard, WriterDoesNotTakeOverAReaderOfItsProcess) {
  { ShardWriter writer(path(), identity_); }
  const ShardReader reader(path());
  EXPECT_EQ(fault_of([&] { ShardWriter(path(), identity_); }), Fault::kUnavailable);
}

TEST_F(Shard, ManyThreadsOpenAndCloseTheSameShard) {
  { ShardWriter writer(path(), identity_); }
  std::vector<std::thread> threads;
  std::atomic<int> read = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        read += ShardReader(path()).entries(View::kEventIds) == 0 ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(read, 200);
}

}  // namespace
}  // namespace ledger::store
