#include "projector/bulk/layers.h"

#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/index/key.h"
#include "schemas/store/fill.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::bulk {
namespace {

using record::Table;
using store::Rid;
using store::View;
using ::testing::ElementsAre;
using Entries = std::map<std::string, std::string>;

constexpr size_t kPlenty = size_t{1} << 30;
constexpr View kRows = View::kUserContentAudioRows;
const View kIndex = store::view_of(index::by_id_of(Table::kUserContentAudios));
const std::string kLeft(kGone);

class LayersOfAShard : public ::testing::Test {
 protected:
  std::filesystem::path make(int64_t position, const std::map<View, Entries>& views,
                             uint64_t live_listenings = 0) {
    const auto path = folder_.path() / std::to_string(made_++);
    store::ShardFill fill(path, store::sample_identity());
    for (const auto& [view, entries] : views) {
      fill.begin(view, {});
      for (const auto& [key, value] : entries) fill.copy(key, value);
    }
    store::ShardState state;
    state.position = Offset{position};
    state.counters.rows[Table::kUserContentAudios] = live_listenings;
    fill.finish(state);
    return path;
  }
  static std::string row(int64_t rid) { return store::rid_key(Rid{rid}); }
  // Of an _id that tells no rid.
  static std::string key(const std::string& id) {
    std::string made;
    index::append_text(made, id);
    return made;
  }
  static std::string entry(int64_t rid, int64_t entered) {
    return store::encode_entry({}, {Rid{rid}, Offset{entered}});
  }

  test::TempDir folder_{test::memory_directory()};
  int made_ = 0;
};

TEST_F(LayersOfAShard, NothingIsEmptyAtZero) {
  const Layers layers(nullptr);
  EXPECT_TRUE(layers.empty());
  EXPECT_EQ(layers.position(), Offset{0});
  EXPECT_TRUE(layers.last_event_ids(1).empty());
  EXPECT_EQ(layers.get(View::kEventIds, "x"), std::nullopt);
  EXPECT_EQ(layers.row(Table::kUserContentAudios, Rid{1}), std::nullopt);
}

TEST_F(LayersOfAShard, NewestEntryOfAKeyCountsAndWhatLeftIsNotThere) {
  const store::ShardReader base(make(10, {{kIndex, {{"a", "1"}, {"b", "1"}, {"c", "1"}}}}));
  Layers layers(&base, kPlenty);
  layers.add(make(20, {{kIndex, {{"a", "2"}, {"b", kLeft}}}}));
  layers.add(make(30, {{kIndex, {{"b", "3"}, {"c", kLeft}}}}));
  EXPECT_EQ(layers.get(kIndex, "a"), "2");
  EXPECT_EQ(layers.get(kIndex, "b"), "3");
  EXPECT_EQ(layers.get(kIndex, "c"), std::nullopt);
  EXPECT_EQ(layers.position(), Offset{30});
  EXPECT_EQ(layers.base_entries(), 3U);
  EXPECT_EQ(layers.entries(), 4U);
}

// A text of one zero byte is a value there.
TEST_F(LayersOfAShard, InViewsThatNothingLeavesEachValueIsOne) {
  Layers layers(nullptr, kPlenty);
  layers.add(make(10, {{View::kContentHashes, {{"c", kLeft}}}}));
  EXPECT_EQ(layers.get(View::kContentHashes, "c"), kLeft);
  MergedCursor cursor = layers.cursor(View::kContentHashes);
  EXPECT_TRUE(cursor.first());
}

TEST_F(LayersOfAShard, RowIsReadWhereTheDirectorySaysItsNewestImageIs) {
  const store::ShardReader base(make(10, {{kRows, {{row(3), "b3"}, {row(4), "b4"}}}}));
  Layers layers(&base, kPlenty);
  layers.add(make(20, {{kRows, {{row(3), "first"}, {row(15), "x"}}}}));
  layers.add(make(30, {{kRows, {{row(3), "second"}, {row(15), kLeft}}}}));
  layers.directory().put(Rid{3}, 1, false);
  layers.directory().put_dead(Rid{15});
  EXPECT_EQ(layers.row(Table::kUserContentAudios, Rid{3}), "second");
  EXPECT_EQ(layers.row(Table::kUserContentAudios, Rid{4}), "b4");
  EXPECT_EQ(layers.row(Table::kUserContentAudios, Rid{15}), std::nullopt);
  EXPECT_EQ(layers.row(Table::kUserContentAudios, Rid{16}), std::nullopt);
  EXPECT_EQ(layers.row(Table::kContentAudios, Rid{3}), std::nullopt);
}

TEST_F(LayersOfAShard, EntryOfAKeyIsTheFirstOneUnlessTheRowMoved) {
  const store::ShardReader base(make(10, {{kIndex, {{key("b"), entry(3, 7)}}}}));
  Layers layers(&base, kPlenty);
  layers.add(make(20, {{kIndex, {{key("m"), entry(12, 19)}}}}));
  layers.directory().put(Rid{11}, 0, false);
  layers.directory().put(Rid{12}, 0, true);
  const auto found = [&](const std::string& id, int64_t rid) {
    return layers.entry(kIndex, key(id), Rid{rid});
  };
  EXPECT_EQ(found("b", 3), (store::Entry{Rid{3}, Offset{7}}));
  EXPECT_EQ(found("new", 11), (store::Entry{Rid{11}, Offset{11}}));
  EXPECT_EQ(found("m", 12), (store::Entry{Rid{12}, Offset{19}}));
}

TEST_F(LayersOfAShard, FirstEntryOfAPrefixIsThatOfTheBaseWhateverIsOverIt) {
  const store::ShardReader base(make(10, {{kIndex, {{key("ka"), entry(3, 3)}}}}));
  Layers layers(&base, kPlenty);
  layers.add(make(20, {{kIndex, {{key("ka"), kLeft}, {key("kb"), entry(12, 12)}}}}));
  EXPECT_EQ(layers.first_of_base(kIndex, key("k").substr(0, 2)), Rid{3});
  EXPECT_EQ(layers.first_of_base(kIndex, key("kb")), std::nullopt);
  EXPECT_EQ(Layers(nullptr).first_of_base(kIndex, "x"), std::nullopt);
}

TEST_F(LayersOfAShard, EntriesAreDerivedOfARowThatALayerMadeWhileNoKeyOfItMoved) {
  const store::ShardReader base(make(10, {{kRows, {{row(3), "b3"}, {row(4), "b4"}}}}));
  Layers layers(&base, kPlenty);
  layers.add(make(20, {{kRows, {{row(3), "x"}, {row(10), "x"}, {row(12), "x"}, {row(13), "x"}}}}));
  layers.directory().put(Rid{3}, 0, false);
  for (const int64_t rid : {10, 12, 13}) layers.directory().put(Rid{rid}, 0, rid == 12);
  layers.directory().note_moved(Rid{13});
  const auto derived = [&](int64_t rid) { return layers.has_derived_entries(Rid{rid}); };
  EXPECT_FALSE(derived(3)) << "of the base, changed";
  EXPECT_FALSE(derived(4)) << "of the base";
  EXPECT_TRUE(derived(10)) << "the first offset behind the base";
  EXPECT_FALSE(derived(12)) << "moved when it was made";
  EXPECT_FALSE(derived(13)) << "moved later";
  layers.directory().put(Rid{13}, 0, false);
  EXPECT_FALSE(derived(13)) << "moved once is moved";
}

TEST_F(LayersOfAShard, EntriesThatWillBeDerivedAreCounted) {
  const uint64_t indexes =
      store::sample_identity().declarations.of(Table::kUserContentAudios).size();
  const store::ShardReader base(make(10, {{kRows, {{row(3), "x"}}}}, 1));
  Layers layers(&base, kPlenty);
  EXPECT_EQ(layers.entries(), 0U);
  layers.add(make(20, {{kRows, {{row(3), "x"}, {row(12), "x"}, {row(13), "x"}}}}, 3));
  EXPECT_EQ(layers.entries(), 3 + 2 * indexes) << "of the two rows that the layer made";
  layers.add(make(30, {{kRows, {{row(3), kLeft}, {row(12), kLeft}, {row(13), kLeft}}}}, 0));
  EXPECT_EQ(layers.entries(), 6U);
}

TEST_F(LayersOfAShard, WithoutABaseEntriesOfAllRowsAreDerived) {
  Layers layers(nullptr, kPlenty);
  layers.add(make(20, {{kRows, {{row(0), "x"}}}}));
  layers.directory().put(Rid{0}, 0, false);
  EXPECT_TRUE(layers.has_derived_entries(Rid{0}));
}

TEST_F(LayersOfAShard, KeptAreTheOldest) {
  Layers layers(nullptr, kPlenty);
  layers.add(make(10, {{kIndex, {{"a", "1"}}}}));
  layers.add(make(20, {{kIndex, {{"a", "2"}}}}));
  layers.add(make(30, {{kIndex, {{"a", "3"}, {"b", "3"}}}}));
  layers.keep(3);
  EXPECT_EQ(layers.get(kIndex, "a"), "3");
  layers.keep(1);
  EXPECT_EQ(layers.layers().size(), 1U);
  EXPECT_EQ(layers.position(), Offset{10});
  EXPECT_EQ(layers.get(kIndex, "a"), "1");
  EXPECT_EQ(layers.get(kIndex, "b"), std::nullopt);
  layers.keep(0);
  EXPECT_TRUE(layers.empty());
}

TEST_F(LayersOfAShard, WithoutABaseNoEntryIsOfIt) {
  Layers layers(nullptr, kPlenty);
  layers.add(make(10, {{kIndex, {{"a", "1"}}}}));
  layers.add(make(20, {{kIndex, {{"b", "2"}}}}));
  MergedCursor cursor = layers.cursor(kIndex);
  for (bool more = cursor.first(); more; more = cursor.next()) {
    EXPECT_FALSE(layers.is_of_base(cursor)) << cursor.key();
  }
}

TEST_F(LayersOfAShard, LastEventIdsAreThoseOfAll) {
  const auto took = [](const std::string& ids, int64_t first) {
    Entries entries;
    for (const char id : ids) entries[std::string(16, id)] = store::offset_key(Offset{first++});
    return std::map<View, Entries>{{View::kEventIds, entries}};
  };
  const store::ShardReader base(make(10, took("my", 1)));
  Layers layers(&base, kPlenty);
  layers.add(make(20, took("abz", 11)));
  layers.add(make(30, took("nx", 21)));
  std::string last;
  for (const auto& [id, offset] : layers.last_event_ids(4)) {
    last += fmt::format("{}{} ", static_cast<char>(id.front()), raw(offset));
  }
  EXPECT_EQ(last, "n21 x22 y2 z13 ");
  EXPECT_EQ(layers.last_event_ids(9).size(), 7U);
}

TEST_F(LayersOfAShard, CursorTellsWhatOfTheBaseIsHiddenAndWhatIsNot) {
  const store::ShardReader base(make(10, {{kIndex, {{"a", "1"}, {"b", "1"}, {"c", "1"}}}}));
  Layers layers(&base, kPlenty);
  layers.add(make(20, {{kIndex, {{"a", "2"}, {"c", kLeft}}}}));
  layers.add(make(30, {{kIndex, {{"a", "3"}, {"d", "3"}}}}));
  std::vector<std::string> hidden;
  MergedCursor cursor = layers.cursor(kIndex, [&](std::string_view key, std::string_view value) {
    hidden.push_back(fmt::format("{}{}", key, value));
  });
  std::vector<std::string> found;
  for (bool more = cursor.first(); more; more = cursor.next()) {
    found.push_back(
        fmt::format("{}{}{}", cursor.key(), cursor.value(), layers.is_of_base(cursor) ? "*" : ""));
  }
  EXPECT_THAT(found, ElementsAre("a3", "b1*", "d3"));
  EXPECT_THAT(hidden, ElementsAre("a1", "c1"));
}

TEST_F(LayersOfAShard, JoinedLayerStandsForThoseItWasMadeOf) {
  Layers layers(nullptr, kPlenty);
  for (int64_t rid = 0; rid < 3; ++rid) {
    layers.add(make(rid + 1, {{kRows, {{row(rid), std::to_string(rid)}}}}));
    layers.directory().put(Rid{rid}, static_cast<size_t>(rid), false);
  }
  layers.join(1, make(3, {{kRows, {{row(1), "1"}, {row(2), "2"}}}}));
  EXPECT_EQ(layers.layers().size(), 2U);
  for (int64_t rid = 0; rid < 3; ++rid) {
    EXPECT_EQ(layers.row(Table::kUserContentAudios, Rid{rid}), std::to_string(rid));
  }
}

}  // namespace
}  // namespace ledger::bulk
