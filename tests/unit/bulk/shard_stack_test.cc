#include "projector/bulk/shard_stack.h"

#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/bulk/row_hashes.h"
#include "schemas/store/image.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::bulk {
namespace {

using record::Table;
using State = RowDirectory::Place::State;
using store::Rid;
using store::View;
using ::testing::ElementsAre;

constexpr size_t kPlenty = size_t{1} << 30;
constexpr View kRows = View::kUserContentAudioRows;
const View kIndex = store::view_of(index::by_id_of(Table::kUserContentAudios));

class Stack : public ::testing::Test {
 protected:
  ShardStack open() const { return {shard(), identity_, std::nullopt, kPlenty}; }
  const std::filesystem::path& shard() const { return shard_; }

  static store::Stored<record::UserContentAudio> listening(int64_t rid) {
    store::Stored<record::UserContentAudio> stored;
    stored.rid = Rid{rid};
    stored.from = Offset{rid};
    stored.row.id = fmt::format("id{}", rid);
    stored.row.user_id.assign(1, 'u');
    stored.row.content_id = fmt::format("c{}", rid);
    stored.row.content_type = record::ContentType::kArticle;
    return stored;
  }
  // A layer of the one row that the event at its beginning made.
  void add(ShardStack& stack, int64_t from) const {
    const auto write = [&](store::ShardFill& fill) {
      fill.begin(kRows, {});
      fill.copy(store::rid_key(Rid{from}), store::encode_row(listening(from)));
      stack.layers().directory().put(Rid{from}, stack.layers().layers().size(), false);
      return fill.finish(at(from + 1));
    };
    stack.add_layer({Offset{from}, Offset{from + 1}}, write, [] {});
  }
  // Of two layers: the first made row 1, the second ended it and made row 2, a key of which moved.
  // Left by a build that died.
  void leave_layers() const {
    {
      ShardStack stack = open();
      add(stack, 1);
      const auto write = [&](store::ShardFill& fill) {
        fill.begin(kRows, {});
        fill.copy(store::rid_key(Rid{1}), kGone);
        fill.copy(store::rid_key(Rid{2}), store::encode_row(listening(2)));
        fill.begin(View::kPast, {});
        fill.copy(store::past_key(index::IndexId{1}, "key", Offset{3}),
                  store::encode_entry("key", {Rid{2}, Offset{2}}));
        return fill.finish(at(4));
      };
      stack.add_layer({Offset{2}, Offset{4}}, write, [] {});
    }
    std::filesystem::rename(Rounds(shard()).path({Offset{1}, Offset{2}}),
                            Rounds(shard()).path({Offset{0}, Offset{2}}));
  }
  // What a finish() writes that has nothing of its own.
  static store::ShardState merge(ShardStack& stack, store::ShardFill& fill) {
    for (const View view : {kRows, kIndex}) {
      MergedCursor cursor = stack.layers().cursor(view);
      fill.begin(view, {});
      for (bool more = cursor.first(); more; more = cursor.next()) {
        fill.append(cursor.key(), cursor.value());
      }
    }
    return fill.finish(stack.state());
  }
  // Entries of keys that have their values, as if they did not fit into memory.
  static ShardStack::Write entries(const std::string& key, const std::string& value) {
    return [=](store::ShardFill& fill) {
      fill.begin(kIndex, {});
      fill.copy(key, value);
      return fill.finish(at(1));
    };
  }
  static store::ShardState at(int64_t position) {
    store::ShardState state;
    state.position = Offset{position};
    return state;
  }
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  const store::ShardIdentity identity_ = store::sample_identity();
  test::TempDir folder_{test::memory_directory()};
  const std::filesystem::path shard_ = folder_.path() / std::to_string(1);
};

TEST_F(Stack, LayersAreDurableAndSeenByWhoOpensItNext) {
  {
    ShardStack stack = open();
    EXPECT_FALSE(stack.has_layers());
    EXPECT_EQ(stack.state().position, Offset{0});
    add(stack, 0);
    add(stack, 1);
    EXPECT_THAT(names(), ElementsAre("1.layer-0-1", "1.layer-1-2"));
  }
  const ShardStack next = open();
  EXPECT_TRUE(next.has_layers());
  EXPECT_EQ(next.state().position, Offset{2});
}

TEST_F(Stack, ShardTakesThePlaceOfItsLayers) {
  ShardStack stack = open();
  add(stack, 0);
  stack.finish([&](store::ShardFill& fill) {
    MergedCursor rows = stack.layers().cursor(kRows);
    fill.begin(kRows, {});
    for (bool more = rows.first(); more; more = rows.next()) fill.append(rows.key(), rows.value());
    return fill.finish(at(1));
  });
  EXPECT_THAT(names(), ElementsAre("1.round-1"));
  EXPECT_FALSE(stack.has_layers());
  EXPECT_EQ(stack.state().position, Offset{1});
  EXPECT_EQ(stack.layers().base_entries(), 1U);
  stack.place();
  EXPECT_THAT(names(), ElementsAre("1"));
}

TEST_F(Stack, WhatThrowsLeavesWhatWasThere) {
  struct Stopped {};
  ShardStack stack = open();
  add(stack, 0);
  const ShardStack::Write stopped = [](store::ShardFill&) -> store::ShardState { throw Stopped(); };
  EXPECT_THROW(stack.add_layer({Offset{1}, Offset{2}}, stopped, [] {}), Stopped);
  EXPECT_THROW(stack.finish(stopped), Stopped);
  EXPECT_THAT(names(), ElementsAre("1.layer-0-1"));
}

TEST_F(Stack, OfManyLayersOneIsMadeAndOfManyOfThoseOneAgain) {
  constexpr auto kFanIn = static_cast<int64_t>(ShardStack::kFanIn);
  ShardStack stack = open();
  for (int64_t rid = 0; rid < kFanIn + 2; ++rid) add(stack, rid);
  EXPECT_THAT(names(), ElementsAre("1.layer-0-16", "1.layer-16-17", "1.layer-17-18"));
  for (int64_t rid = kFanIn + 2; rid < kFanIn * kFanIn + 1; ++rid) add(stack, rid);
  EXPECT_THAT(names(), ElementsAre("1.layer-0-256", "1.layer-256-257"));
  for (int64_t rid = 0; rid < kFanIn * kFanIn + 1; ++rid) {
    EXPECT_EQ(stack.layers().row(Table::kUserContentAudios, Rid{rid}),
              store::encode_row(listening(rid)));
  }
}

TEST_F(Stack, JoiningThatIsStoppedLeavesAllLayers) {
  struct Stopped {};
  ShardStack stack = open();
  for (int64_t rid = 0; rid + 1 < static_cast<int64_t>(ShardStack::kFanIn); ++rid) add(stack, rid);
  const std::filesystem::path joined = Rounds(shard()).part({Offset{0}, Offset{16}});
  std::filesystem::create_directories(joined.parent_path());
  std::ofstream(joined) << "a file where the folder would be";
  EXPECT_THROW(add(stack, 15), Error);
  EXPECT_EQ(Rounds(shard()).layers(Offset{0}).size(), ShardStack::kFanIn);
}

TEST_F(Stack, LayersThatAJoinHadNoTimeToRemoveDoNotCount) {
  constexpr auto kFanIn = static_cast<int64_t>(ShardStack::kFanIn);
  const std::filesystem::path first = Rounds(shard()).path({Offset{0}, Offset{1}});
  const std::filesystem::path aside = folder_.path() / "aside";
  {
    ShardStack stack = open();
    for (int64_t rid = 0; rid + 1 < kFanIn; ++rid) add(stack, rid);
    std::filesystem::copy(first, aside);
    add(stack, kFanIn - 1);
  }
  std::filesystem::rename(aside, first);
  ShardStack stack = open();
  EXPECT_EQ(stack.layers().layers().size(), 1U);
  EXPECT_EQ(stack.state().position, Offset{kFanIn});
  stack.learn([] {});
  for (int64_t rid = 0; rid < kFanIn; ++rid) {
    EXPECT_EQ(stack.layers().row(Table::kUserContentAudios, Rid{rid}),
              store::encode_row(listening(rid)));
  }
  stack.finish([&](store::ShardFill& fill) { return merge(stack, fill); });
  EXPECT_THAT(names(), ElementsAre("1.round-1"));
}

TEST_F(Stack, WhoOpensItLearnsWhereRowsAreAndWhatTheyAreFoundBy) {
  leave_layers();
  ShardStack stack = open();
  stack.learn([] {});
  const RowDirectory& directory = stack.layers().directory();
  EXPECT_EQ(directory.place(Rid{1}).state, State::kDead);
  EXPECT_EQ(directory.place(Rid{2}).layer, 1U);
  EXPECT_TRUE(directory.place(Rid{2}).moved);
  const auto any = [](Rid) { return true; };
  EXPECT_EQ(directory.find(natural_hash("u", "c2", listening(2).row.content_type), any), Rid{2});
  EXPECT_EQ(directory.find(foreign_hash("id2"), any), Rid{2});
  EXPECT_EQ(directory.find(foreign_hash("id3"), any), std::nullopt);
}

TEST_F(Stack, MovesAreLearnedAloneByWhoOnlyFinishesIt) {
  leave_layers();
  ShardStack stack = open();
  int pulses = 0;
  stack.learn_moves([&] { ++pulses; });
  EXPECT_EQ(pulses, 2) << "of two layers";
  const RowDirectory& directory = stack.layers().directory();
  EXPECT_EQ(directory.place(Rid{1}).state, State::kInNone);
  EXPECT_EQ(directory.place(Rid{2}).state, State::kInNone);
  EXPECT_TRUE(directory.place(Rid{2}).moved);
  EXPECT_FALSE(directory.place(Rid{1}).moved);
  EXPECT_EQ(directory.find(foreign_hash("id2"), [](Rid) { return true; }), std::nullopt);
  stack.finish([&](store::ShardFill& fill) { return merge(stack, fill); });
  EXPECT_THAT(names(), ElementsAre("1.round-1"));
  EXPECT_EQ(stack.layers().row(Table::kUserContentAudios, Rid{2}), store::encode_row(listening(2)));
  EXPECT_EQ(stack.layers().row(Table::kUserContentAudios, Rid{1}), std::nullopt);
}

TEST_F(Stack, EntriesAreOverTheLayersWhileTheShardIsWritten) {
  ShardStack stack = open();
  add(stack, 0);
  stack.finish([&](store::ShardFill& fill) {
    stack.add_entries(entries("a", "first"));
    stack.add_entries(entries("b", "second"));
    EXPECT_THAT(names(), ElementsAre("1.entries-1.part", "1.entries-2.part", "1.layer-0-1",
                                     "1.round-1.part"));
    EXPECT_EQ(stack.layers().layers().size(), 3U);
    MergedCursor cursor = stack.layers().cursor(kIndex);
    EXPECT_TRUE(cursor.first());
    EXPECT_EQ(cursor.value(), "first");
    EXPECT_TRUE(cursor.next());
    EXPECT_EQ(cursor.value(), "second");
    EXPECT_EQ(cursor.source(), 0U) << "the newest";
    return merge(stack, fill);
  });
  EXPECT_THAT(names(), ElementsAre("1.round-1"));
  EXPECT_FALSE(stack.has_layers());
  EXPECT_EQ(stack.layers().get(kIndex, "a"), "first");
  EXPECT_EQ(stack.layers().get(kIndex, "b"), "second");
}

TEST_F(Stack, EntriesAreGoneAfterWhatThrows) {
  struct Stopped {};
  ShardStack stack = open();
  add(stack, 0);
  const auto stopped_later = [&](store::ShardFill&) -> store::ShardState {
    stack.add_entries(entries("a", "first"));
    throw Stopped();
  };
  const auto stopped_meanwhile = [&](store::ShardFill&) -> store::ShardState {
    stack.add_entries(entries("a", "first"));
    stack.add_entries([](store::ShardFill&) -> store::ShardState { throw Stopped(); });
    return {};
  };
  for (const ShardStack::Write& write :
       {ShardStack::Write(stopped_later), ShardStack::Write(stopped_meanwhile)}) {
    EXPECT_THROW(stack.finish(write), Stopped);
    EXPECT_THAT(names(), ElementsAre("1.layer-0-1"));
    EXPECT_EQ(stack.layers().layers().size(), 1U);
    EXPECT_EQ(stack.state().position, Offset{1});
    EXPECT_EQ(stack.layers().get(kIndex, "a"), std::nullopt);
  }
  stack.finish([&](store::ShardFill& fill) { return merge(stack, fill); });
  EXPECT_EQ(stack.layers().get(kIndex, "a"), std::nullopt);
}

}  // namespace
}  // namespace ledger::bulk
