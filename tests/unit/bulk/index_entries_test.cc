#include "projector/bulk/index_entries.h"

#include <functional>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "schemas/index/key.h"
#include "schemas/store/image.h"

namespace ledger::bulk {
namespace {

using record::ContentAudio;
using record::Table;
using record::UserContentAudio;
using store::Rid;
using Entries = std::map<std::string, store::Entry>;

constexpr Offset kFirst{1000};  // rids from here on are of the round
constexpr int64_t kRows = 400;

store::LogIdentity log_identity() {
  store::LogIdentity log;
  log.partition = Partition{1};
  return log;
}

const index::Declarations& declarations() {
  static const index::Declarations loaded = index::load_declarations();
  return loaded;
}

class Random {
 public:
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(engine_); }
  std::string text() {  // few, so that many rows share one; with bytes that keys escape
    static const std::string kTexts[] = {
        "a", "ab", "b", std::string("a\0b", 3), std::string("a\0", 2), "\xc3\xa9", "z"};
    return kTexts[below(std::size(kTexts))];
  }
  double time() { return 1e12 + below(20) / 4.0; }

 private:
  std::mt19937 engine_{20260211};
};

ContentAudio some_row(ContentAudio, int64_t rid, Random& random) {
  ContentAudio row;
  row.id = random.text() + std::to_string(rid);
  row.creation_time = random.time();
  row.content_id = random.text();
  row.content_type =
      random.below(2) == 0 ? record::ContentType::kArticle : record::ContentType::kSubject;
  row.locale = record::Locale::kEn;
  row.content_hash = random.text();
  row.voice_id = random.text();
  row.status = static_cast<record::Status>(1 + random.below(5));
  return row;
}

UserContentAudio some_row(UserContentAudio, int64_t rid, Random& random) {
  UserContentAudio row;
  row.id = random.below(2) == 0 ? store::derived_id(Uuid{}, Partition{1}, Offset{rid})
                                : random.text() + std::to_string(rid);
  row.creation_time = random.time();
  row.user_id = random.text();
  row.content_audio_id = random.text();
  row.content_id = random.text();
  row.content_type = record::ContentType::kSubject;
  row.updated_at = row.creation_time;
  return row;
}

template <typename Record>
std::string encoded(int64_t rid, const Record& record) {
  return store::encode_row(store::Stored<Record>{Rid{rid}, Offset{rid}, record});
}

template <typename Record>
Slot add(RowTable& rows, int64_t rid, const Record& record) {
  return rows.add(Rid{rid}, encoded(rid, record), rid < raw(kFirst));
}

// Fails unless keys ascend.
template <typename Record>
Entries read(const IndexEntries<Record>& entries, size_t index) {
  Entries found;
  auto source = entries.of(index);
  std::string_view key;
  std::string_view value;
  while (source.next(key, value)) {
    EXPECT_TRUE(found.empty() || found.rbegin()->first < key);
    found.emplace(key, store::decode_entry(key, value));
  }
  return found;
}

template <typename Record>
struct IndexEntriesTest : testing::Test {
  static constexpr Table kTable = record::table_of<Record>();
  const std::vector<const index::IndexSpec*> specs = declarations().of(kTable);
  RowTable rows{kFirst, specs.size()};
  IndexEntries<Record> entries{declarations(), log_identity()};

  // Whose row has keys that are expected at each index.
  void expect(int64_t rid, const Record& row, std::vector<Entries>& expected) const {
    std::string key;
    for (size_t i = 0; i < specs.size(); ++i) {
      index::KeyBuilder<Record>(*specs[i]).build(row, key);
      expected[i][key] = {Rid{rid}, Offset{rid}};
    }
  }
  void expect_read(const std::vector<Entries>& expected) {
    entries.sort();
    for (size_t i = 0; i < specs.size(); ++i) {
      EXPECT_EQ(read(entries, i), expected[i]) << specs[i]->name;
    }
  }
};
using Records = testing::Types<ContentAudio, UserContentAudio>;
TYPED_TEST_SUITE(IndexEntriesTest, Records);

// New ones, and such as a layer made.
TYPED_TEST(IndexEntriesTest, AreTheKeysOfAllRowsInOrder) {
  Random random;
  std::vector<Entries> expected(this->specs.size());
  for (int64_t rid = raw(kFirst) - kRows; rid < raw(kFirst) + kRows; ++rid) {
    const TypeParam row = some_row(TypeParam(), rid, random);
    this->expect(rid, row, expected);
    if (rid < raw(kFirst)) {
      this->entries.add(Rid{rid}, encoded(rid, row));
    } else {
      this->entries.add(this->rows, this->rows.at(add(this->rows, rid, row)));
    }
  }
  this->expect_read(expected);
}

TYPED_TEST(IndexEntriesTest, RowsMayComeInAnyOrder) {
  Random random;
  std::vector<Entries> expected(this->specs.size());
  for (int64_t i = 0; i < kRows; ++i) {
    const int64_t rid = 1 + i * 7 % kRows;
    const TypeParam row = some_row(TypeParam(), rid, random);
    this->expect(rid, row, expected);
    this->entries.add(Rid{rid}, encoded(rid, row));
  }
  this->expect_read(expected);
}

TYPED_TEST(IndexEntriesTest, OfNoRowsThereAreNone) {
  this->expect_read(std::vector<Entries>(this->specs.size()));
}

TYPED_TEST(IndexEntriesTest, OfARowFromBelowOnlyKeysThatMovedAreThere) {
  Random random;
  const Slot moved = add(this->rows, 8, some_row(TypeParam(), 8, random));
  this->rows.set_entered(this->rows.at(moved), 1, Offset{1200});
  this->entries.add(this->rows, this->rows.at(moved));
  this->entries.sort();
  for (size_t i = 0; i < this->specs.size(); ++i) {
    const Entries found = read(this->entries, i);
    const size_t expected = i == 1 ? 1 : 0;
    ASSERT_EQ(found.size(), expected);
    for (const auto& [key, entry] : found) EXPECT_EQ(entry, (store::Entry{Rid{8}, Offset{1200}}));
  }
}

TYPED_TEST(IndexEntriesTest, KeyThatMovedEnteredWhenItDid) {
  Random random;
  const Slot slot = add(this->rows, 1000, some_row(TypeParam(), 1000, random));
  this->rows.set_entered(this->rows.at(slot), 0, Offset{1300});
  this->entries.add(this->rows, this->rows.at(slot));
  this->entries.sort();
  EXPECT_EQ(read(this->entries, 0).begin()->second, (store::Entry{Rid{1000}, Offset{1300}}));
  EXPECT_EQ(read(this->entries, 1).begin()->second, (store::Entry{Rid{1000}, Offset{1000}}));
}

struct IndexEntriesOfListenings : IndexEntriesTest<UserContentAudio> {
  static std::string derived(int64_t rid, Partition partition = Partition{1}) {
    return store::derived_id(Uuid{}, partition, Offset{rid});
  }
  // Rows that differ in their ids alone, from where others ended.
  void add_alike(size_t count, const std::function<std::string(int64_t)>& id_of) {
    UserContentAudio row;
    row.user_id = "u";
    row.content_type = record::ContentType::kSubject;
    for (size_t i = 0; i < count; ++i, ++next_) {
      row.id = id_of(next_);
      entries.add(Rid{next_}, encoded(next_, row));
    }
  }
  const size_t row_bytes = IndexEntries<UserContentAudio>::row_bytes(
      key_columns<UserContentAudio>(declarations()).size());
  int64_t next_ = 1;
};

// Which of them are derived from their rid is nothing that the order shows.
TEST_F(IndexEntriesOfListenings, OfOneTimeAreInOrderOfTheirIds) {
  const std::map<int64_t, std::string> ids = {{1, "z"},
                                              {2, derived(2)},
                                              {3, "a"},
                                              {4, store::derived_id_prefix(Uuid{})},
                                              {5, derived(5)},
                                              {6, derived(5) + "x"},
                                              {7, derived(4)},
                                              {8, derived(8, Partition{0})},
                                              {9, derived(9, Partition{2})},
                                              {10, derived(10)},
                                              {11, "uca_000000" + derived(11).substr(10)},
                                              {12, "uca_zzzzzz" + derived(12).substr(10)},
                                              {13, derived(100)},
                                              {14, derived(14)},
                                              {15, std::string("uca_\0", 5)}};
  std::vector<Entries> expected(specs.size());
  for (const auto& [rid, id] : ids) {
    UserContentAudio row;
    row.id = id;
    row.content_type = record::ContentType::kSubject;
    expect(rid, row, expected);
    entries.add(Rid{rid}, encoded(rid, row));
  }
  ASSERT_EQ(expected[0].size(), ids.size());
  expect_read(expected);
}

TEST_F(IndexEntriesOfListenings, ARowTakesItsLineAndADerivedIdNothing) {
  constexpr size_t kMany = 5000;
  add_alike(kMany, [](int64_t rid) { return derived(rid); });
  const size_t before = entries.bytes();
  EXPECT_GE(before, kMany * row_bytes);
  add_alike(kMany, [](int64_t rid) { return derived(rid); });
  EXPECT_EQ(entries.bytes(), before + kMany * row_bytes);
}

TEST_F(IndexEntriesOfListenings, OtherIdsTakeTheirTexts) {
  constexpr size_t kMany = 5000;  // beside which an arena's room is little
  const std::string wordy(1000, 'x');
  for (const std::string& prefix : {wordy, derived(0, Partition{2}) + wordy}) {
    const size_t before = entries.bytes();
    const auto id_of = [&](int64_t rid) { return prefix + std::to_string(rid); };
    add_alike(kMany, id_of);
    EXPECT_GE(entries.bytes(), before + kMany * (row_bytes + wordy.size()));
  }
}

TEST_F(IndexEntriesOfListenings, OffsetsThatEnteredTakeTheirs) {
  add_alike(100, [](int64_t rid) { return derived(rid); });
  const size_t before = entries.bytes();
  UserContentAudio row;
  row.id = derived(1000);
  row.user_id = "u";
  row.content_type = record::ContentType::kSubject;
  const Slot slot = add(rows, 1000, row);
  rows.set_entered(rows.at(slot), 0, Offset{1300});
  entries.add(rows, rows.at(slot));
  EXPECT_EQ(entries.bytes(), before + row_bytes + specs.size() * sizeof(Offset));
}

}  // namespace
}  // namespace ledger::bulk
