// Rounds into new shards, with layers between, and batches in place, beside writes that go to the
// shard one by one, over random logs: same state, keys, values and digests.
#include <map>

#include <gtest/gtest.h>

#include "projector/bulk/bulk_folding.h"
#include "projector/shard/folding.h"
#include "tests/support/apply/direct_views.h"
#include "tests/support/apply/random_log.h"
#include "tests/support/apply/shard_image.h"
#include "tests/support/process.h"

namespace ledger::testing {
namespace {

constexpr size_t kEvents = 600;
constexpr size_t kManyEvents = 4000;
constexpr uint64_t kSeeds = 24;
constexpr size_t kMemory = size_t{1} << 30;
constexpr size_t kNoMemory = 1;  // of bytes, which are never measured in so few events

store::ShardIdentity make_identity() {
  store::ShardIdentity made;
  made.log.ledger_id = random_log_ledger_id();
  made.log.cluster_id = "cluster";
  made.log.topic = "topic";
  made.log.partition_count = 1;
  made.fold_version = fold::kFoldVersion;
  made.declarations = index::load_declarations();
  return made;
}

const store::ShardIdentity& identity() {
  static const store::ShardIdentity made = make_identity();
  return made;
}

class BulkPath : public ::testing::TestWithParam<uint64_t> {
 protected:
  BulkPath() : log_(random_log(GetParam(), kEvents)) {
    for (const LogRecord& record : log_) append(record);
  }

  void append(const LogRecord& record) {
    kept_[end_] = {Offset{end_}, record.log_time_ms, record.log_time_ms,
                   record.key,   record.value,       std::nullopt};
    ++end_;
  }
  void append_gap(int64_t length) {
    kept_[end_].offset = Offset{end_};
    kept_[end_].gap_until = Offset{end_ + length};
    end_ += length;
  }
  // Behind every few events, a long one in the middle.
  void spread_over_gaps(int64_t longest) {
    kept_.clear();
    end_ = 0;
    for (size_t i = 0; i < log_.size(); ++i) {
      append(log_[i]);
      if (i == log_.size() / 2) append_gap(longest);
      if (i % (2 + GetParam()) == 1) append_gap(1 + static_cast<int64_t>(i % 5));
    }
  }
  size_t end() const { return static_cast<size_t>(end_); }

  store::KeptEvent kept(Offset offset) const { return kept_.at(raw(offset)); }
  bulk::BulkViews::KeptValues kept_values() const {
    return [this](Offset offset) { return std::optional(kept(offset)); };
  }

  template <typename Folding>
  void fold(Folding& folding, size_t limit) const {
    while (static_cast<size_t>(raw(folding.position())) < limit) {
      folding.fold(kept(folding.position()));
    }
  }

  // One by one, in one batch.
  std::filesystem::path direct(const std::string& name) {
    const auto path = directory_.path() / name;
    store::ShardWriter writer(path, identity(), {.sync = false});
    DirectViews views(writer, kept_values(), identity().declarations);
    fold::Fold fold({identity().log.ledger_id, Partition{0}, 1});
    apply::Applier applier(identity().declarations);
    store::ShardState state;
    writer.begin();
    for (const auto& [offset, event] : kept_) {
      if (event.gap_until) {
        state.position = *event.gap_until;
        continue;
      }
      const fold::Result result =
          fold.fold({event.offset, event.timestamp_ms, event.key, event.value}, views);
      applier.apply(event.offset, event.timestamp_ms, result, views, state);
    }
    writer.commit(state);
    return path;
  }

  // In batches of `batch` events each, in place.
  std::filesystem::path batches(const std::string& name, size_t batch, size_t limit) {
    const auto path = directory_.path() / name;
    shard::Folding folding(path, identity(), kept_values(), {.events_max = batch}, {.sync = false});
    fold(folding, limit);
    folding.commit();
    return path;
  }

  // In rounds of `round` events each, on top of `base`.
  std::filesystem::path bulk(const std::string& name, size_t round,
                             const std::optional<std::filesystem::path>& base = std::nullopt) {
    const auto path = directory_.path() / name;
    bulk::BulkFolding folding(path, identity(), kept_values(), base, kMemory);
    while (static_cast<size_t>(raw(folding.position())) < end()) {
      fold(folding, std::min(end(), static_cast<size_t>(raw(folding.position())) + round));
      folding.finish();
    }
    folding.place();
    return path;
  }

  // A layer each `round` events, merged with the last ones at the end.
  std::filesystem::path layered(const std::string& name, size_t round,
                                const std::optional<std::filesystem::path>& base = std::nullopt,
                                size_t memory = kMemory) {
    const auto path = directory_.path() / name;
    bulk::BulkFolding folding(path, identity(), kept_values(), base, memory);
    for (;;) {
      fold(folding, std::min(end(), static_cast<size_t>(raw(folding.position())) + round));
      if (static_cast<size_t>(raw(folding.position())) == end()) break;
      folding.spill();
    }
    folding.finish();
    folding.place();
    return path;
  }

  void expect_equal(const std::filesystem::path& a, const std::filesystem::path& b) {
    store::ShardWriter one(a, identity(), {.sync = false});
    store::ShardWriter other(b, identity(), {.sync = false});
    EXPECT_EQ(one.state(), other.state());
    const ShardImage image = read_shard(one, identity().declarations);
    EXPECT_EQ(image, read_shard(other, identity().declarations));
    EXPECT_EQ(one.state().digests, digests_of(image, identity().declarations));
    if (HasFailure()) FAIL() << "seed " << GetParam();
  }

  const std::vector<LogRecord> log_;
  std::map<int64_t, store::KeptEvent> kept_;  // by offset
  int64_t end_ = 0;
  ledger::test::TempDir directory_{ledger::test::memory_directory()};
};

TEST_P(BulkPath, OneRoundMakesWhatWritesOneByOneMake) {
  expect_equal(direct("direct"), bulk("bulk", log_.size()));
}

TEST_P(BulkPath, ManyRoundsMakeWhatWritesOneByOneMake) {
  expect_equal(direct("direct"), bulk("bulk", 1 + GetParam() * 7));
}

TEST_P(BulkPath, LayersMakeWhatWritesOneByOneMake) {
  expect_equal(direct("direct"), layered("layered", 1 + GetParam() * 7));
}

// The directory is a file, and entries are spilled.
TEST_P(BulkPath, LayersWithoutMemoryMakeTheSame) {
  expect_equal(direct("direct"), layered("layered", 1 + GetParam() * 7, std::nullopt, kNoMemory));
  expect_equal(direct("again"), layered("one", end(), batches("base", 10, end() / 2), kNoMemory));
}

// The last round ends and moves rows of the layers.
TEST_P(BulkPath, LayersWithLittleMemoryMakeTheSame) {
  const std::vector<LogRecord> longer = random_log(GetParam(), kManyEvents);
  kept_.clear();
  end_ = 0;
  for (const LogRecord& record : longer) append(record);
  expect_equal(direct("direct"),
               layered("layered", kManyEvents / 4, std::nullopt, 1000 * (1 + GetParam())));
}

TEST_P(BulkPath, LayersAreMergedByABuildWithLessMemory) {
  const auto path = directory_.path() / "layered";
  for (const size_t limit : {end() / 4, end() / 2}) {
    bulk::BulkFolding folding(path, identity(), kept_values(), std::nullopt, kMemory);
    fold(folding, limit);
    folding.spill();
  }
  bulk::BulkFolding folding(path, identity(), kept_values(), std::nullopt, kNoMemory);
  if (GetParam() % 2 == 0) fold(folding, end());
  folding.finish();
  fold(folding, end());
  folding.finish();
  folding.place();
  expect_equal(direct("direct"), path);
}

TEST_P(BulkPath, LayersGoOnWhereBatchesEnded) {
  const auto base = batches("base", 10 * GetParam(), log_.size() / 2);
  expect_equal(direct("direct"), layered("layered", 1 + GetParam() * 4, base));
  expect_equal(direct("again"), layered("spilled", 1 + GetParam() * 4, base, kNoMemory));
}

// Also beyond 2^32.
TEST_P(BulkPath, GapsAreJumpedOver) {
  spread_over_gaps(GetParam() % 2 == 0 ? 1'000'000'000 : 5'000'000'000);
  const size_t half = log_.size() / 2;
  expect_equal(direct("direct"), batches("batches", 1 + GetParam() * 7, end()));
  expect_equal(direct("direct again"), bulk("bulk", end()));
  expect_equal(direct("and again"), layered("layered", 1 + GetParam() * 7));
  expect_equal(direct("at last"), layered("over", 40, batches("base", 10, half)));
}

// Each time by a build that knows of the layers what it reads in them.
TEST_P(BulkPath, LayersThatBuildsWhichDiedLeftAreGoneOnWith) {
  const auto base = batches("base", 10 * GetParam(), log_.size() / 3);
  const auto path = directory_.path() / "layered";
  const size_t round = 1 + GetParam() * 11;
  for (size_t limit = log_.size() / 3; limit < log_.size();) {
    bulk::BulkFolding folding(path, identity(), kept_values(), base, kMemory);
    ASSERT_EQ(folding.position(), Offset{static_cast<int64_t>(limit)});
    limit = std::min(log_.size(), limit + round);
    fold(folding, limit);
    folding.spill();
  }
  {
    bulk::BulkFolding folding(path, identity(), kept_values(), base, kMemory);
    folding.finish();
    EXPECT_FALSE(bulk::Rounds(path).has_layers());
    folding.place();
  }
  expect_equal(direct("direct"), path);
}

TEST_P(BulkPath, ABatchOfAllMakesWhatWritesOneByOneMake) {
  expect_equal(direct("direct"), batches("batch", log_.size() + 1, log_.size()));
}

TEST_P(BulkPath, BatchesMakeWhatWritesOneByOneMake) {
  expect_equal(direct("direct"), batches("batches", 1 + (GetParam() - 1) * 7, log_.size()));
}

TEST_P(BulkPath, RoundsGoOnWhereBatchesEnded) {
  const auto base = batches("base", 10 * GetParam(), log_.size() / 2);
  expect_equal(direct("direct"), bulk("bulk", log_.size(), base));
}

TEST_P(BulkPath, BatchesGoOnWhereRoundsEnded) {
  const auto path = directory_.path() / "mixed";
  {
    bulk::BulkFolding folding(path, identity(), kept_values(), std::nullopt, kMemory);
    fold(folding, log_.size() / 3);
    folding.finish();
    folding.place();
  }
  expect_equal(batches("mixed", 10 * GetParam(), log_.size()), direct("direct"));
}

// At whichever call that is: a signal must not wait for the end of a merge.
TEST_P(BulkPath, MergeThatIsStoppedLeavesItsLayers) {
  struct Stopped {};
  const auto path = directory_.path() / "stopped";
  const size_t half = log_.size() / 2;
  size_t calls = 0;
  size_t stop_at = 0;
  const auto pulse = [&] {
    if (++calls == stop_at) throw Stopped();
  };
  {
    bulk::BulkFolding folding(path, identity(), kept_values(), std::nullopt, kMemory, pulse);
    fold(folding, half);
    folding.spill();
    ASSERT_GT(calls, 10U);
    stop_at = calls + 1 + GetParam() % (calls / 2);
    fold(folding, log_.size());
    EXPECT_THROW(folding.finish(), Stopped);
  }
  const bulk::Rounds left(path);
  EXPECT_EQ(left.newest(), 0);
  EXPECT_FALSE(std::filesystem::exists(left.part()));
  EXPECT_EQ(left.layers(Offset{0}),
            (std::vector<bulk::Rounds::Layer>{{Offset{0}, Offset{static_cast<int64_t>(half)}}}));
  expect_equal(bulk("stopped", log_.size()), direct("direct"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, BulkPath, ::testing::Range<uint64_t>(1, kSeeds + 1));

}  // namespace
}  // namespace ledger::testing
