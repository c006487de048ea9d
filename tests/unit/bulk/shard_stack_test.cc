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
using store::Rid;
using store::View;
using ::testing::ElementsAre;

constexpr size_t kPlenty = size_t{1} << 30;
constexpr View kRows = View::kUserContentAudioRows;

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

TEST_F(Stack, WhoOpensItLearnsWhereRowsAreAndWhatTheyAreFoundBy) {
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
  ShardStack stack = open();
  stack.learn([] {});
  const RowDirectory& directory = stack.layers().directory();
  EXPECT_EQ(directory.place(Rid{1}).state, RowDirectory::Place::State::kDead);
  EXPECT_EQ(directory.place(Rid{2}).layer, 1U);
  EXPECT_TRUE(directory.place(Rid{2}).moved);
  const auto any = [](Rid) { return true; };
  EXPECT_EQ(directory.find(natural_hash("u", "c2", listening(2).row.content_type), any), Rid{2});
  EXPECT_EQ(directory.find(foreign_hash("id2"), any), Rid{2});
  EXPECT_EQ(directory.find(foreign_hash("id3"), any), std::nullopt);
}

}  // namespace
}  // namespace ledger::bulk
