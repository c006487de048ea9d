#include "schemas/store/layout.h"

#include <algorithm>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "schemas/base/bytes.h"
#include "schemas/index/key.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

using namespace std::string_literals;

constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
constexpr int64_t kNumbers[] = {0, 1, 255, 256, 65535, 1 << 24, int64_t{1} << 40, kLast};
const index::IndexId kIndex{5};

std::string key_of(std::string_view text) {
  std::string key;
  index::append_text(key, text);
  return key;
}

TEST(Layout, OffsetKeysSortAsNumbers) {
  for (const int64_t a : kNumbers) {
    for (const int64_t b : kNumbers) {
      EXPECT_EQ(offset_key(Offset{a}) < offset_key(Offset{b}), a < b) << a << " " << b;
      EXPECT_EQ(rid_key(Rid{a}) < rid_key(Rid{b}), a < b) << a << " " << b;
      EXPECT_EQ(version_key(Rid{0}, Offset{a}) < version_key(Rid{0}, Offset{b}), a < b);
      EXPECT_EQ(version_key(Rid{a}, Offset{9}) < version_key(Rid{b}, Offset{9}), a < b);
      EXPECT_EQ(past_key(kIndex, "k", Offset{a}) < past_key(kIndex, "k", Offset{b}), a < b);
      EXPECT_EQ(left_at_key(Offset{a}, kIndex, "k") < left_at_key(Offset{b}, kIndex, "k"), a < b);
    }
    EXPECT_EQ(decode_offset(offset_key(Offset{a})), Offset{a});
    EXPECT_EQ(decode_rid_key(rid_key(Rid{a})), Rid{a});
  }
}

TEST(Layout, PastKeysGoByIndexThenKeyThenOffset) {
  const index::IndexId next_index{6};
  EXPECT_LT(past_key(kIndex, "b", Offset{9}), past_key(next_index, "a", Offset{0}));
  EXPECT_LT(past_key(kIndex, key_of("a"), Offset{9}), past_key(kIndex, key_of("b"), Offset{0}));
  EXPECT_LT(left_at_key(Offset{1}, next_index, "b"), left_at_key(Offset{2}, kIndex, "a"));
}

TEST(Layout, KeysComeBackFromTheirBytes) {
  const std::string key = key_of("user-7");
  const std::string past_bytes = past_key(kIndex, key, Offset{77});
  const PastKey past = decode_past_key(past_bytes);
  EXPECT_EQ(past.index, kIndex);
  EXPECT_EQ(past.key, key);
  EXPECT_EQ(past.left, Offset{77});
  const std::string left_bytes = left_at_key(Offset{78}, index::IndexId{1005}, key);
  const LeftAtKey left = decode_left_at_key(left_bytes);
  EXPECT_EQ(left.index, index::IndexId{1005});
  EXPECT_EQ(left.key, key);
  EXPECT_EQ(left.left, Offset{78});
  const VersionKey version = decode_version_key(version_key(Rid{3}, Offset{kLast}));
  EXPECT_EQ(version.rid, Rid{3});
  EXPECT_EQ(version.from, Offset{kLast});
  EXPECT_EQ(decode_record_outcome_key(record_outcome_key(record::Table::kContentAudios,
                                                         "a\x01"
                                                         "b",
                                                         Offset{6})),
            Offset{6});
}

TEST(Layout, KeysHaveTheBytesThatAreWrittenDown) {
  EXPECT_EQ(to_hex(version_key(Rid{1}, Offset{258})), "018101");
  EXPECT_EQ(to_hex(version_key(Rid{9}, Offset{8})), "0900");
  EXPECT_EQ(to_hex(past_key(kIndex, "\x10z", Offset{3})), "0005107a0000000000000003");
  EXPECT_EQ(to_hex(left_at_key(Offset{3}, kIndex, "\x10z")), "00000000000000030005107a");
  EXPECT_EQ(to_hex(content_hash_key("c", record::ContentType::kArticle)),
            "106300"
            "1061727469636c6500");
  EXPECT_EQ(to_hex(record_outcome_key(record::Table::kUserContentAudios, "u", Offset{3})),
            "02107500"
            "0000000000000003");
}

// A key of an index whose last part is the _id that the row begun at `offset` derives.
std::string derived_key(int64_t offset) {
  return key_of("user-7") + key_of(derived_id("uca_abcdef", Partition{3}, Offset{offset}));
}

TEST(Layout, EntryHoldsOnlyWhatTheKeyDoesNotTell) {
  const std::string own = derived_key(258);
  EXPECT_EQ(to_hex(encode_entry(own, {Rid{258}, Offset{258}})), "");
  EXPECT_EQ(to_hex(encode_entry(own, {Rid{258}, Offset{300}})), "002a");
  const std::string other = derived_key(259);
  EXPECT_EQ(to_hex(encode_entry(other, {Rid{258}, Offset{258}})), "8202");
  EXPECT_EQ(to_hex(encode_entry(other, {Rid{258}, Offset{300}})), "82022a");
  EXPECT_EQ(to_hex(encode_entry(key_of("a"), {Rid{1}, Offset{2}})), "0101");
}

TEST(Layout, EntriesComeBackFromTheirKeyAndBytes) {
  for (const int64_t named : {int64_t{12}, int64_t{13}, (int64_t{1} << 48) - 1}) {
    for (const std::string& key : {derived_key(named), key_of("0123456789"), key_of("x")}) {
      for (const int64_t entered : {int64_t{12}, int64_t{13}, kLast}) {
        const Entry entry{Rid{12}, Offset{entered}};
        EXPECT_EQ(decode_entry(key, encode_entry(key, entry)), entry);
      }
    }
  }
}

TEST(Layout, EntryHasOneFormOnly) {
  const std::string own = derived_key(258);
  const std::string other = key_of("x");
  const std::pair<const std::string*, std::string_view> wrong[] = {
      {&own, "\x82\x02"},                                    // the rid that the key tells
      {&own, {"\0", 1}},                                     // entered at once, said
      {&own, {"\0\0", 2}},                                   // likewise
      {&own, {"\0\x2a\x01", 3}},                             // more than an entry
      {&other, ""},                                          // no rid
      {&other, {"\0\x2a", 2}},                               // likewise
      {&other, {"\x82\x02\0", 3}},                           // entered at once, said
      {&other, "\x82"},                                      // cut short
      {&other, "\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f"},  // entered behind the last offset
  };
  for (const auto& [key, value] : wrong) {
    EXPECT_EQ(fault_of([&] { decode_entry(*key, value); }), Fault::kIntegrity) << to_hex(value);
  }
}

TEST(Layout, OrderedVarintGrowsWithTheNumber) {
  const std::pair<int64_t, const char*> samples[] = {
      {0, "00"},
      {127, "7f"},
      {128, "8080"},
      {(1 << 14) - 1, "bfff"},
      {1 << 14, "c04000"},
      {1 << 21, "e0200000"},
      {int64_t{1} << 28, "f010000000"},
      {(int64_t{1} << 49) - 1, "fdffffffffffff"},
      {int64_t{1} << 49, "fe02000000000000"},
      {int64_t{1} << 56, "ff0100000000000000"},
      {kLast, "ff7fffffffffffffff"},
  };
  for (const auto& [number, hex] : samples) EXPECT_EQ(to_hex(rid_key(Rid{number})), hex);
}

TEST(Layout, OrderedVarintHasOneFormOnly) {
  for (const char* hex : {"", "80", "807f", "c0", "c03fff", "e01fffff", "ff00ffffffffffffff",
                          "ff8000000000000000", "ff01000000000000", "0000"}) {
    std::string bytes;
    ASSERT_TRUE(parse_hex(hex, bytes));
    EXPECT_EQ(fault_of([&] { decode_rid_key(bytes); }), Fault::kIntegrity) << hex;
  }
  std::string beyond;
  ASSERT_TRUE(parse_hex("01ff7fffffffffffffff", beyond));
  EXPECT_EQ(fault_of([&] { decode_version_key(beyond); }), Fault::kIntegrity);
}

TEST(Layout, DerivedIdsOfAnyLedgerAreReadAndWritten) {
  const auto id = parse_derived_id("uca_abcdef0g00000000258");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->ledger, 0b01010'01011'01100'01101'01110'01111U);
  std::string text = "of before";
  write_derived_id(*id, text);
  EXPECT_EQ(text, "uca_abcdef0g00000000258");
  for (const char* other :
       {"", "uca_", "uca_abcdef0g0000000025", "uca_abcdef0g000000002588", "ucb_abcdef0g00000000258",
        "uca_abcdeu0g00000000258", "uca_abcdefg000000000000"}) {
    EXPECT_FALSE(parse_derived_id(other)) << other;
  }
}

TEST(Layout, RecordOutcomesOfARecordAreAPrefixThatNoOtherRecordShares) {
  const std::string a = record_outcome_key(record::Table::kContentAudios, "a", Offset{0});
  const std::string ab = record_outcome_key(record::Table::kContentAudios, "ab", Offset{0});
  const std::string prefix = a.substr(0, a.size() - 8);
  EXPECT_FALSE(ab.starts_with(prefix));
}

TEST(Layout, RowZeroAndOffsetsBelowZeroAreRefused) {
  for (const std::string& value : {std::string(), std::string("\0\1", 2)}) {
    EXPECT_EQ(fault_of([&] { decode_entry(derived_key(0), value); }), Fault::kIntegrity);
  }
  EXPECT_EQ(fault_of([] { decode_offset("\x80\0\0\0\0\0\0\0"s); }), Fault::kIntegrity);
  EXPECT_EQ(fault_of([] { decode_past_key("\0\5k\xff\xff\xff\xff\xff\xff\xff\xff"s); }),
            Fault::kIntegrity);
}

TEST(Layout, DecodersRefuseBytesOfAnotherShape) {
  for (size_t length = 0; length < 20; ++length) {
    const std::string bytes(length, '\1');
    const Fault exactly_8 = length == 8 ? Fault::kNone : Fault::kIntegrity;
    const Fault exactly_2 = length == 2 ? Fault::kNone : Fault::kIntegrity;
    const Fault at_least_10 = length >= 10 ? Fault::kNone : Fault::kIntegrity;
    const Fault at_least_11 = length >= 11 ? Fault::kNone : Fault::kIntegrity;
    EXPECT_EQ(fault_of([&] { decode_offset(bytes); }), exactly_8) << length;
    EXPECT_EQ(fault_of([&] { decode_version_key(bytes); }), exactly_2) << length;
    EXPECT_EQ(fault_of([&] { decode_past_key(bytes); }), at_least_10) << length;
    EXPECT_EQ(fault_of([&] { decode_left_at_key(bytes); }), at_least_10) << length;
    EXPECT_EQ(fault_of([&] { decode_record_outcome_key(bytes); }), at_least_11) << length;
  }
  EXPECT_NE(message_of([] { decode_version_key("xyz"); }).find("versions"), std::string::npos);
}

TEST(Layout, ViewsAreNamedOnceAndInOrder) {
  const index::Declarations declarations = index::load_declarations();
  const std::vector<ViewName> names = view_names(declarations);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  std::set<std::string> distinct;
  std::set<View> views;
  for (const ViewName& name : names) {
    distinct.insert(name.name);
    views.insert(name.view);
  }
  EXPECT_EQ(distinct.size(), names.size());
  EXPECT_EQ(views.size(), names.size());
  EXPECT_EQ(names.size(), 9 + declarations.indexes.size());
  for (const char* name : {"event_ids", "contentAudios.rows", "userContentAudios.user_content",
                           "contentAudios.by_id"}) {
    EXPECT_TRUE(distinct.contains(name)) << name;
  }
}

TEST(Layout, LongestKeyOfEveryViewFitsLmdb) {
  constexpr size_t kLmdbKeyBytesMax = 511;
  const std::string longest(index::kKeyBytesMax, 'k');
  EXPECT_LE(past_key(kIndex, longest, Offset{0}).size(), kLmdbKeyBytesMax);
  EXPECT_LE(left_at_key(Offset{0}, kIndex, longest).size(), kLmdbKeyBytesMax);
  const std::string id(128, 'i');
  EXPECT_LE(content_hash_key(id, record::ContentType::kArticle).size(), kLmdbKeyBytesMax);
  EXPECT_LE(record_outcome_key(record::Table::kUserContentAudios, id, Offset{0}).size(),
            kLmdbKeyBytesMax);
}

// SHA-256 of 16 zero bytes begins 374708ff: 0011 0111 0100 0111 0000 1000 1111 11, in fives
// 6 29 3 16 17 31.
TEST(Layout, DerivedIdIsThePrefixOfTheLedgerAndThePlaceInIt) {
  EXPECT_EQ(derived_id_prefix(Uuid{}), "uca_6x3ghz");
  EXPECT_EQ(derived_id(Uuid{}, Partition{0}, Offset{0}), "uca_6x3ghz0000000000000");
  EXPECT_EQ(derived_id(Uuid{}, Partition{0}, Offset{33}), "uca_6x3ghz0000000000011");
  EXPECT_EQ(derived_id("uca_6x3ghz", Partition{2}, Offset{33}),
            derived_id(Uuid{}, Partition{2}, Offset{33}));
  // 2^48 = 8 * 32^9
  EXPECT_EQ(derived_id(Uuid{}, Partition{1}, Offset{0}), "uca_6x3ghz0008000000000");
}

TEST(Layout, DerivedIdIsAppendedToWhatIsThere) {
  std::string text = "of before ";
  append_derived_id(text, "uca_6x3ghz", Partition{1}, Offset{33});
  EXPECT_EQ(text, "of before uca_6x3ghz0008000000011");
  append_derived_id(text, "-", Partition{0}, Offset{1});
  EXPECT_EQ(text, "of before uca_6x3ghz0008000000011-0000000000001");
}

TEST(Layout, DerivedIdGivesItsOffsetBackAndNoOtherIdGivesOne) {
  constexpr std::string_view kPrefix = "uca_6x3ghz";
  const Partition partition{3};
  for (const int64_t offset : {int64_t{0}, int64_t{33}, (int64_t{1} << 48) - 1}) {
    const std::string id = derived_id(kPrefix, partition, Offset{offset});
    EXPECT_EQ(derived_offset(kPrefix, partition, id), Offset{offset});
    EXPECT_EQ(derived_offset(kPrefix, Partition{4}, id), std::nullopt);
    EXPECT_EQ(derived_offset("uca_000000", partition, id), std::nullopt);
    EXPECT_EQ(derived_offset(kPrefix, partition, id.substr(0, id.size() - 1)), std::nullopt);
    EXPECT_EQ(derived_offset(kPrefix, partition, id + "0"), std::nullopt);
  }
  for (const char* id : {"", "uca_6x3ghz", "uca_6x3ghz00p000000000u", "uca_6x3ghz00P0000000000",
                         "uca_6x3ghzzzzzzzzzzzzzz"}) {
    EXPECT_EQ(derived_offset(kPrefix, partition, id), std::nullopt) << id;
  }
}

}  // namespace
}  // namespace ledger::store
