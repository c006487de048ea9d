// What one event does to the views.
#include "projector/apply/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "tests/support/fold/folded_log.h"
#include "tests/unit/apply/map_operations.h"

namespace ledger::testing {
namespace {

using record::Status;
using record::Table;
using store::Code;
using store::Disposition;
using store::Rid;
using store::View;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Written = std::map<View, int>;

// Everything that the log folds is applied.
struct Applied : ::testing::Test {
  explicit Applied(index::Declarations declared = index::load_declarations())
      : declarations(std::move(declared)), applier(declarations) {
    state.position = Offset{1};  // FoldedLog begins there
  }

  template <typename... Args>
  Offset send(const Args&... args) {
    const fold::Result& result = log.send(args...);
    applier.apply(log.last(), ++log_time_ms, result, views, state);
    return log.last();
  }

  View view(Table table, std::string_view name) const {
    const auto* spec = declarations.find(table, name);
    return spec == nullptr ? View{} : store::view_of(spec->id);
  }
  template <typename Record>
  std::string key(Table table, std::string_view name, const Record& row) const {
    std::string bytes;
    index::KeyBuilder<Record>(*declarations.find(table, name)).build(row, bytes);
    return bytes;
  }
  // The key of a row in an index, with its entry.
  template <typename Record>
  std::pair<std::string, std::string> entry(Table table, std::string_view name, const Record& row,
                                            Offset began, Offset entered) const {
    std::string bytes = key(table, name, row);
    std::string value = store::encode_entry(bytes, {Rid{raw(began)}, entered});
    return {std::move(bytes), std::move(value)};
  }
  std::string version(Rid rid, Offset from) {
    return views.view(View::kVersions).at(store::version_key(rid, from));
  }

  const index::Declarations declarations;
  FoldedLog log;
  MapOperations views;
  apply::Applier applier;
  store::ShardState state;
  int64_t log_time_ms = 100;
};

Rid rid_at(Offset offset) { return Rid{raw(offset)}; }

template <typename Record>
std::string image_of(Offset began, const Record& row) {
  std::string image;
  store::encode_image(row, rid_at(began), image);
  return image;
}
template <typename Record>
std::string row_of(Offset began, Offset at, const Record& row) {
  return store::encode_row<Record>({rid_at(began), at, row});
}

TEST_F(Applied, InsertWritesTheRowAndOneKeyPerIndexAndTheEventId) {
  const Offset at = send(audio_created("ca1"));
  const auto& row = log.audio("ca1");
  EXPECT_THAT(views.view(View::kContentAudioRows),
              UnorderedElementsAre(Pair(store::rid_key(rid_at(at)), row_of(at, at, row))));
  for (const auto* spec : declarations.of(Table::kContentAudios)) {
    EXPECT_THAT(views.view(store::view_of(spec->id)),
                UnorderedElementsAre(entry(Table::kContentAudios, spec->name, row, at, at)))
        << spec->name;
  }
  EXPECT_EQ(views.view(View::kEventIds).size(), 1U);
  EXPECT_THAT(views.view(View::kVersions), IsEmpty());
}

TEST_F(Applied, UpdateOfNoIndexedFieldTouchesNoIndex) {
  send(audio_created("ca1"));
  send(play("u1"));
  const Offset began = log.last();
  const auto before = log.listening("u1");
  views.written();
  const Offset at = send(play("u1"), kT + 5);
  EXPECT_EQ(
      views.written(),
      (Written{{View::kEventIds, 1}, {View::kVersions, 1}, {View::kUserContentAudioRows, 1}}));
  EXPECT_EQ(version(rid_at(began), began), image_of(began, before));
  EXPECT_EQ(views.view(View::kUserContentAudioRows).at(store::rid_key(rid_at(began))),
            row_of(began, at, log.listening("u1")));
}

TEST_F(Applied, ChangedKeyLeavesWithTheOffsetAtWhichItEntered) {
  const Offset began = send(audio_created("ca1"));
  const auto pending = log.audio("ca1");
  const Offset at = send(status_changed("ca1", Status::kGeneratingScript));
  const View status = view(Table::kContentAudios, "status");
  const index::IndexId id = declarations.find(Table::kContentAudios, "status")->id;
  const std::string old_key = key(Table::kContentAudios, "status", pending);
  const std::string left = store::encode_entry(old_key, {rid_at(began), began});
  EXPECT_THAT(views.view(status), UnorderedElementsAre(entry(Table::kContentAudios, "status",
                                                             log.audio("ca1"), began, at)));
  EXPECT_THAT(views.view(View::kPast),
              UnorderedElementsAre(Pair(store::past_key(id, old_key, at), left)));
  EXPECT_THAT(views.view(View::kLeftAt),
              UnorderedElementsAre(Pair(store::left_at_key(at, id, old_key), left)));
}

TEST_F(Applied, EventWithoutAFieldChangeStillMakesAVersion) {
  const Offset began = send(audio_created("ca1"));
  const Offset first = send(status_changed("ca1", Status::kGeneratingScript));
  const auto row = log.audio("ca1");
  const Offset second = send(status_changed("ca1", Status::kGeneratingScript));
  EXPECT_EQ(version(rid_at(began), first), image_of(began, row));
  EXPECT_EQ(views.view(View::kContentAudioRows).at(store::rid_key(rid_at(began))),
            row_of(began, second, row));
}

TEST_F(Applied, DeletionKeepsVersionsAndMarksTheEnd) {
  const Offset began = send(audio_created("ca1"));
  const auto row = log.audio("ca1");
  const Offset at = send(audio_deleted("ca1"));
  EXPECT_THAT(views.view(View::kContentAudioRows), IsEmpty());
  for (const auto* spec : declarations.of(Table::kContentAudios)) {
    EXPECT_THAT(views.view(store::view_of(spec->id)), IsEmpty()) << spec->name;
  }
  EXPECT_EQ(version(rid_at(began), began), image_of(began, row));
  EXPECT_EQ(version(rid_at(began), at), "");
  EXPECT_EQ(views.view(View::kPast).size(), declarations.of(Table::kContentAudios).size());
  EXPECT_EQ(views.view(View::kLeftAt).size(), declarations.of(Table::kContentAudios).size());
}

TEST_F(Applied, IdentityReplacedEndsOneLifeAndBeginsAnother) {
  const Offset began = send(imported(listening_row("uc1", "u1")));
  const auto ended = log.listening("u1");
  const Offset at = send(imported(listening_row("uc2", "u1")));
  EXPECT_EQ(version(rid_at(began), began), image_of(began, ended));
  EXPECT_EQ(version(rid_at(began), at), "");
  EXPECT_EQ(views.view(View::kUserContentAudioRows).size(), 1U);
  EXPECT_TRUE(views.view(View::kUserContentAudioRows).contains(store::rid_key(rid_at(at))));
  EXPECT_EQ(state.counters.rows[Table::kUserContentAudios], 1U);
}

TEST_F(Applied, ImportWithTheSameIdKeepsTheRidAndMovesItsKeys) {
  const Offset began = send(imported(listening_row("uc1", "u1")));
  const Offset at = send(imported(listening_row("uc1", "u2")));
  EXPECT_THAT(views.view(view(Table::kUserContentAudios, "user")),
              UnorderedElementsAre(
                  entry(Table::kUserContentAudios, "user", log.listening("u2"), began, at)));
  EXPECT_THAT(views.view(view(Table::kUserContentAudios, "by_id")),
              UnorderedElementsAre(
                  entry(Table::kUserContentAudios, "by_id", log.listening("u2"), began, began)));
}

TEST_F(Applied, NotAppliedWritesItsOutcomeAndTheRecordItNames) {
  const Offset at = send(audio_deleted("ca1"));
  EXPECT_EQ(store::decode_outcome(views.view(View::kOutcomes).at(store::offset_key(at))),
            (store::Outcome{Disposition::kNotApplied, {Code::kUnknownAudio}, ""}));
  EXPECT_THAT(
      views.view(View::kRecordOutcomes),
      UnorderedElementsAre(Pair(store::record_outcome_key(Table::kContentAudios, "ca1", at), "")));
  EXPECT_EQ(views.view(View::kEventIds).size(), 1U);
}

TEST_F(Applied, AppliedWithACodeWritesItsOutcomeAndNamesNoRecord) {
  const Offset at = send(play("u1", "ca404"));
  EXPECT_EQ(store::decode_outcome(views.view(View::kOutcomes).at(store::offset_key(at))),
            (store::Outcome{Disposition::kApplied, {Code::kUnknownAudio}, ""}));
  EXPECT_THAT(views.view(View::kRecordOutcomes), IsEmpty());
}

TEST_F(Applied, QuarantinedWritesItsOutcomeOnly) {
  const auto& result = log.send_raw("c1", "noise");
  applier.apply(log.last(), log_time_ms, result, views, state);
  EXPECT_EQ(views.written(), (Written{{View::kOutcomes, 1}}));
  EXPECT_EQ(state.counters.quarantined, 1U);
  EXPECT_EQ(state.position, next(log.last()));
}

TEST_F(Applied, DuplicateMovesPositionAndItsCounterOnly) {
  const auto event = event_of(audio_created("ca1"));
  send(event);
  store::ShardState expected = state;
  views.written();
  const Offset at = send(event);
  EXPECT_THAT(views.written(), IsEmpty());
  expected.position = next(at);
  expected.log_time_max_ms = log_time_ms;
  ++expected.counters.events;
  ++expected.counters.duplicates;
  EXPECT_EQ(state, expected);
}

TEST_F(Applied, ContentHashIsWrittenWhenItIsAnother) {
  send(content_changed("c1", "h1"));
  const std::string hash_key = store::content_hash_key("c1", record::ContentType::kArticle);
  EXPECT_EQ(views.view(View::kContentHashes).at(hash_key), "h1");
  send(content_changed("c1", "h2"));
  EXPECT_EQ(views.view(View::kContentHashes).at(hash_key), "h2");
  views.written();
  send(content_changed("c1", "h2"));
  EXPECT_EQ(views.written(), (Written{{View::kEventIds, 1}}));
}

TEST_F(Applied, CountersSayWhatBecameOfEachEvent) {
  send(audio_created("ca1"));
  send(audio_created("ca2"));
  send(audio_created("ca1"));
  send(audio_deleted("ca1"));
  send(play("u1", "ca404"));
  store::Counters expected;
  expected.events = 5;
  expected.applied = 4;
  expected.not_applied = 1;
  expected.codes = {
      {Code::kDuplicateContentVoice, 1}, {Code::kAudioExists, 1}, {Code::kUnknownAudio, 1}};
  expected.rows = {{Table::kContentAudios, 1}, {Table::kUserContentAudios, 1}};
  EXPECT_EQ(state.counters, expected);
}

TEST_F(Applied, LogTimeIsTheLargestSoFar) {
  const auto& result = log.send(audio_created("ca1"));
  state.log_time_max_ms = 500;
  applier.apply(log.last(), 400, result, views, state);
  EXPECT_EQ(state.log_time_max_ms, 500);
}

TEST_F(Applied, KeyThatTheIndexLacksIsDamage) {
  send(audio_created("ca1"));
  views.damage(view(Table::kContentAudios, "status")).clear();
  EXPECT_THROW(send(audio_deleted("ca1")), Error);
}

using AppliedDeathTest = Applied;
TEST_F(AppliedDeathTest, OffsetThatIsNotThePositionIsABug) {
  const auto& result = log.send(audio_created("ca1"));
  EXPECT_DEATH(applier.apply(next(log.last()), 1, result, views, state), "position");
}

// An index declared by one more line: [playCount].
struct OneMoreIndex : Applied {
  OneMoreIndex() : Applied(declared()) {}
  static index::Declarations declared() {
    auto tables = index::read_declared_tables();
    for (auto& table : tables) {
      if (table.table != Table::kUserContentAudios) continue;
      table.indexes.push_back(
          {index::IndexId{900}, Table::kUserContentAudios, "playCount", {"playCount"}});
    }
    return index::resolve(tables);
  }
};

TEST_F(OneMoreIndex, IsKeptWithoutAnyOtherChange) {
  const Offset began = send(play("u1"));
  const Offset at = send(play("u1"));
  EXPECT_THAT(views.view(view(Table::kUserContentAudios, "playCount")),
              UnorderedElementsAre(
                  entry(Table::kUserContentAudios, "playCount", log.listening("u1"), began, at)));
  EXPECT_EQ(views.view(View::kPast).size(), 1U);
}

TEST_F(OneMoreIndex, TellsZeroFromMinusZeroAsKeysDo) {
  auto row = listening_row("uc1", "u1");
  row.play_count = 0;
  send(imported(row));
  row.play_count = -0.0;
  send(imported(row));
  EXPECT_THAT(
      views.view(view(Table::kUserContentAudios, "playCount")),
      UnorderedElementsAre(Pair(key(Table::kUserContentAudios, "playCount", row), ::testing::_)));
}

}  // namespace
}  // namespace ledger::testing
