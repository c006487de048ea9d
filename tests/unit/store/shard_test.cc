#include <gtest/gtest.h>

#include <filesystem>

#include "schemas/base/error.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"
#include "schemas/store/writer.h"

namespace ledger::store {
namespace {

class Shard : public testing::Test {
 protected:
  Shard() {
    std::string name = (std::filesystem::temp_directory_path() / "ledger-shard-XXXXXX").string();
    root_ = mkdtemp(name.data());
    identity_.log.topic = "content-audio-events";
    identity_.log.partition_count = 1;
    identity_.fold_version = 1;
    identity_.declarations = index::load_declarations();
  }
  ~Shard() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
  ShardIdentity identity_;
};

TEST_F(Shard, ReaderSeesCommittedBatchesOnlyAndDigestsEqualARecomputation) {
  ShardWriter writer(root_, identity_);
  writer.begin();
  writer.insert(View::kEventIds, "a", "1");
  writer.insert(View::kEventIds, "b", "2");
  writer.insert(View::kOutcomes, "c", "3");
  ShardState state;
  state.position = Offset{3};
  writer.commit(state);
  ShardReader reader(root_);
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
  for (const ViewName& name : view_names(identity_.declarations)) {
    Digest sum{};
    ViewCursor cursor = reader.cursor(name.view);
    for (bool found = cursor.first(); found; found = cursor.next()) {
      add(sum, entry_hash(name.name, cursor.key(), cursor.value()));
    }
    EXPECT_EQ(reader.state().digests.at(name.name), sum) << name.name;
  }
}

TEST_F(Shard, WritesThatContradictTheViewAreIntegrityFaults) {
  ShardWriter writer(root_, identity_);
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
  { ShardWriter writer(root_, identity_); }
  identity_.log.ledger_id[0] = 1;
  try {
    ShardWriter writer(root_, identity_);
    FAIL() << "no fault";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIncompatible);
    EXPECT_NE(std::string(error.what()).find("ledgerId"), std::string::npos) << error.what();
  }
}

TEST_F(Shard, KeptLogGivesBackWhatWasAppendedAndFindsPositionsByLogTime) {
  KeptLogWriter writer(root_, identity_.log);
  const std::vector<KeptEvent> events = {
      {Offset{0}, 100, 0, std::nullopt, "genesis", std::nullopt},
      {Offset{1}, 300, 0, "k", std::nullopt, std::nullopt},
      {Offset{2}, 200, 0, "", "v", std::nullopt},
      {Offset{3}, -1, 0, std::nullopt, std::nullopt, Offset{10}},
      {Offset{10}, 400, 0, "k", "w", std::nullopt},
  };
  writer.append(std::span(events).first(2));
  writer.append(std::span(events).subspan(2));
  KeptLogReader reader(root_);
  EXPECT_EQ(reader.end(), Offset{11});
  ChainHash chain{};
  for (const KeptEvent& event : events) {
    chain = chain_next(chain, event);
    const auto kept = reader.read(event.offset);
    ASSERT_TRUE(kept) << raw(event.offset);
    EXPECT_EQ(kept->key, event.key);
    EXPECT_EQ(kept->value, event.value);
    EXPECT_EQ(kept->gap_until, event.gap_until);
  }
  EXPECT_EQ(reader.chain_head(), chain);
  EXPECT_EQ(reader.read(Offset{2})->log_time_ms, 300);
  EXPECT_FALSE(reader.read(Offset{5}));
  EXPECT_EQ(reader.first_at_or_after(100), Offset{0});
  EXPECT_EQ(reader.first_at_or_after(101), Offset{1});
  EXPECT_EQ(reader.first_at_or_after(301), Offset{10});
  EXPECT_EQ(reader.first_at_or_after(401), Offset{11});
}

}  // namespace
}  // namespace ledger::store
