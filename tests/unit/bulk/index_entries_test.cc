#include "projector/bulk/index_entries.h"

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
Slot add(RowTable& rows, int64_t rid, const Record& record) {
  return rows.add(Rid{rid}, store::encode_row(store::Stored<Record>{Rid{rid}, Offset{rid}, record}),
                  rid < raw(kFirst));
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
};
using Records = testing::Types<ContentAudio, UserContentAudio>;
TYPED_TEST_SUITE(IndexEntriesTest, Records);

TYPED_TEST(IndexEntriesTest, AreTheKeysOfAllNewRowsInOrder) {
  Random random;
  std::vector<Entries> expected(this->specs.size());
  std::string key;
  for (int64_t rid = raw(kFirst); rid < raw(kFirst) + kRows; ++rid) {
    const TypeParam row = some_row(TypeParam(), rid, random);
    add(this->rows, rid, row);
    for (size_t i = 0; i < this->specs.size(); ++i) {
      index::KeyBuilder<TypeParam>(*this->specs[i]).build(row, key);
      expected[i][key] = {Rid{rid}, Offset{rid}};
    }
  }
  const IndexEntries<TypeParam> entries(this->rows, declarations());
  for (size_t i = 0; i < this->specs.size(); ++i) {
    EXPECT_EQ(read(entries, i), expected[i]) << this->specs[i]->name;
  }
}

TYPED_TEST(IndexEntriesTest, OfTheBaseOnlyKeysThatMovedAreThere) {
  Random random;
  add(this->rows, 7, some_row(TypeParam(), 7, random));
  const Slot moved = add(this->rows, 8, some_row(TypeParam(), 8, random));
  this->rows.set_entered(this->rows.at(moved), 1, Offset{1200});
  const IndexEntries<TypeParam> entries(this->rows, declarations());
  for (size_t i = 0; i < this->specs.size(); ++i) {
    const Entries found = read(entries, i);
    const size_t expected = i == 1 ? 1 : 0;
    ASSERT_EQ(found.size(), expected);
    for (const auto& [key, entry] : found) EXPECT_EQ(entry, (store::Entry{Rid{8}, Offset{1200}}));
  }
}

TYPED_TEST(IndexEntriesTest, KeyThatMovedEnteredWhenItDid) {
  Random random;
  const Slot slot = add(this->rows, 1000, some_row(TypeParam(), 1000, random));
  this->rows.set_entered(this->rows.at(slot), 0, Offset{1300});
  const IndexEntries<TypeParam> entries(this->rows, declarations());
  EXPECT_EQ(read(entries, 0).begin()->second, (store::Entry{Rid{1000}, Offset{1300}}));
  EXPECT_EQ(read(entries, 1).begin()->second, (store::Entry{Rid{1000}, Offset{1000}}));
}

TYPED_TEST(IndexEntriesTest, DeadRowsHaveNone) {
  Random random;
  const Slot slot = add(this->rows, 1000, some_row(TypeParam(), 1000, random));
  this->rows.erase(this->rows.at(slot));
  const IndexEntries<TypeParam> entries(this->rows, declarations());
  for (size_t i = 0; i < this->specs.size(); ++i) EXPECT_TRUE(read(entries, i).empty());
}

}  // namespace
}  // namespace ledger::bulk
