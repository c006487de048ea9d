// Random logs through fold and apply into a real shard, against a std::map state.
#include <gtest/gtest.h>

#include "tests/support/apply/direct_views.h"
#include "tests/support/apply/random_log.h"
#include "tests/support/apply/shard_image.h"
#include "tests/support/fold/map_state.h"
#include "tests/support/process.h"

namespace ledger::testing {
namespace {

using record::ContentAudio;
using record::UserContentAudio;

constexpr size_t kEvents = 400;
constexpr uint64_t kSeeds = 12;

const index::Declarations& declarations() {
  static const index::Declarations loaded = index::load_declarations();
  return loaded;
}

const fold::Shard kShard{random_log_ledger_id(), Partition{0}, 1};

fold::Incoming incoming(const std::vector<LogRecord>& log, Offset offset) {
  const LogRecord& record = log.at(static_cast<size_t>(raw(offset)));
  return {offset, record.log_time_ms, record.key, record.value};
}

// A shard in a directory of its own, filled from `log` in batches.
class FilledShard {
 public:
  explicit FilledShard(const std::vector<LogRecord>& log)
      : log_(log),
        writer_(directory_.path() / "0",
                {{kShard.ledger_id, "cluster", "topic", kShard.partition, 1, true},
                 fold::kFoldVersion,
                 declarations()},
                {.sync = false}),
        views_(
            writer_, [this](Offset offset) { return kept(offset); }, declarations()),
        fold_(kShard),
        applier_(declarations()) {}

  // Folds up to `limit` events in one batch. Returns: false at the end of the log.
  bool fold_batch(size_t limit) {
    store::ShardState state = writer_.state();
    const size_t from = static_cast<size_t>(raw(state.position));
    if (from == log_.size()) return false;
    writer_.begin();
    for (size_t i = from; i < std::min(log_.size(), from + limit); ++i) {
      const fold::Incoming event = incoming(log_, state.position);
      const fold::Result result = fold_.fold(event, views_);
      applier_.apply(event.offset, event.log_time_ms, result, views_, state);
    }
    writer_.commit(state);
    return true;
  }

  store::ShardWriter& writer() { return writer_; }
  const store::ShardState& state() const { return writer_.state(); }

 private:
  std::optional<store::KeptEvent> kept(Offset offset) const {
    const LogRecord& record = log_.at(static_cast<size_t>(raw(offset)));
    return store::KeptEvent{offset,     record.log_time_ms, record.log_time_ms,
                            record.key, record.value,       std::nullopt};
  }

  const std::vector<LogRecord>& log_;
  ledger::test::TempDir directory_;
  store::ShardWriter writer_;
  DirectViews views_;
  fold::Fold fold_;
  apply::Applier applier_;
};

template <typename Record>
RowsByRid<Record> by_rid(const Rows<Record>& rows) {
  RowsByRid<Record> found;
  for (const auto& [id, stored] : rows) found.emplace(stored.rid, stored.row);
  return found;
}

struct Tables {
  RowsByRid<ContentAudio> audios;
  RowsByRid<UserContentAudio> listenings;
};

// [n] = the rows after n events, by the std::map state.
std::vector<Tables> expected_states(const std::vector<LogRecord>& log) {
  MapState state;
  fold::Fold fold(kShard);
  std::vector<Tables> states(1);
  for (size_t i = 0; i < log.size(); ++i) {
    const Offset offset{static_cast<int64_t>(i)};
    state.keep(offset, log[i].value);
    state.apply(offset, fold.fold(incoming(log, offset), state));
    states.push_back({by_rid(state.audios()), by_rid(state.listenings())});
  }
  return states;
}

template <typename Record>
void expect_table_at(const ShardImage& image, const RowsByRid<Record>& expected, Offset position) {
  EXPECT_EQ(rows_at<Record>(image, position), expected);
  for (const auto* spec : declarations().of(record::table_of<Record>())) {
    const auto keys = index_of(expected, *spec);
    EXPECT_EQ(index_at(image, spec->id, position, Closed::kPast), keys) << spec->name;
    EXPECT_EQ(index_at(image, spec->id, position, Closed::kLeftAt), keys) << spec->name;
  }
}

template <typename Record>
void expect_live_keys(const ShardImage& image, const RowsByRid<Record>& expected) {
  for (const auto* spec : declarations().of(record::table_of<Record>())) {
    std::map<std::string, store::Rid> live;
    for (const auto& [key, value] : image.at(store::view_of(spec->id))) {
      live.emplace(key, store::decode_entry(key, value).rid);
    }
    EXPECT_EQ(live, index_of(expected, *spec)) << spec->name;
  }
  EXPECT_EQ(image.at(store::rows_of(record::table_of<Record>())).size(), expected.size());
}

class RandomLogs : public ::testing::TestWithParam<uint64_t> {
 protected:
  const std::vector<LogRecord> log_ = random_log(GetParam(), kEvents);
};

TEST_P(RandomLogs, AfterEveryBatchIndexesHoldTheKeysOfTheLiveRowsAndDigestsTheirSums) {
  const auto expected = expected_states(log_);
  FilledShard shard(log_);
  while (shard.fold_batch(7)) {
    const ShardImage image = read_shard(shard.writer(), declarations());
    const Tables& now = expected.at(static_cast<size_t>(raw(shard.state().position)));
    expect_live_keys(image, now.audios);
    expect_live_keys(image, now.listenings);
    EXPECT_EQ(shard.state().digests, digests_of(image, declarations()));
    if (HasFailure())
      FAIL() << "seed " << GetParam() << " position " << raw(shard.state().position);
  }
}

TEST_P(RandomLogs, EveryEarlierPositionIsReconstructed) {
  const auto expected = expected_states(log_);
  FilledShard shard(log_);
  while (shard.fold_batch(100)) {
  }
  const ShardImage image = read_shard(shard.writer(), declarations());
  for (size_t n = 0; n < expected.size(); n += 1 + GetParam() % 7) {
    expect_table_at(image, expected[n].audios, Offset{static_cast<int64_t>(n)});
    expect_table_at(image, expected[n].listenings, Offset{static_cast<int64_t>(n)});
    if (HasFailure()) FAIL() << "seed " << GetParam() << " position " << n;
  }
}

TEST_P(RandomLogs, BatchesOf1And7And1000AreEqual) {
  FilledShard ones(log_);
  FilledShard sevens(log_);
  FilledShard whole(log_);
  while (ones.fold_batch(1)) {
  }
  while (sevens.fold_batch(7)) {
  }
  while (whole.fold_batch(1000)) {
  }
  EXPECT_EQ(ones.state(), sevens.state());
  EXPECT_EQ(ones.state(), whole.state());
  EXPECT_EQ(read_shard(ones.writer(), declarations()), read_shard(whole.writer(), declarations()));
}

TEST_P(RandomLogs, RedeliveryChangesNoView) {
  auto twice = log_;
  for (size_t i = 1; i < log_.size(); ++i) twice.push_back(log_[i]);
  for (size_t i = log_.size(); i < twice.size(); ++i)
    twice[i].log_time_ms = twice.back().log_time_ms;
  FilledShard shard(twice);
  shard.fold_batch(log_.size());
  const store::ShardState before = shard.state();
  const ShardImage image = read_shard(shard.writer(), declarations());
  while (shard.fold_batch(50)) {
  }
  const ShardImage after = read_shard(shard.writer(), declarations());
  const auto& counters = shard.state().counters;
  EXPECT_EQ(counters.applied, before.counters.applied);
  EXPECT_EQ(counters.rows, before.counters.rows);
  EXPECT_GT(counters.duplicates, before.counters.duplicates);
  for (const store::ViewName& name : store::view_names(declarations())) {
    if (name.view == store::View::kOutcomes || name.view == store::View::kRecordOutcomes) continue;
    EXPECT_EQ(after.at(name.view), image.at(name.view)) << name.name;
  }
}

// The logs are worth their name only if they meet nearly every rule.
TEST(RandomLogCoverage, EveryDispositionAndCodeButTheRarestComesUp) {
  store::Counters sum;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto log = random_log(seed, kEvents);
    FilledShard shard(log);
    shard.fold_batch(kEvents);
    const store::Counters& counters = shard.state().counters;
    sum.duplicates += counters.duplicates;
    for (const auto& [code, events] : counters.codes) sum.codes[code] += events;
  }
  EXPECT_GT(sum.duplicates, 0U);
  for (const store::Code code : store::all_codes()) {
    const bool rare = code == store::Code::kUnknownPayload || code == store::Code::kUnset ||
                      code == store::Code::kLimit || code == store::Code::kWrongKey ||
                      code == store::Code::kWrongPartition ||
                      code == store::Code::kTooManyAudios;  // unit_fold has them
    EXPECT_EQ(sum.codes[code] == 0, rare) << store::to_text(code);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLogs, ::testing::Range<uint64_t>(1, kSeeds + 1));

}  // namespace
}  // namespace ledger::testing
