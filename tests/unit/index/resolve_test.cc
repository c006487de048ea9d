// One test per refusal: each has a message of its own, and all are kIncompatible.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "schemas/index/spec.h"

namespace ledger::index {
namespace {

using record::FieldKind;
using record::Table;

DeclaredTable table_with(std::vector<IndexSpec> indexes) {
  return {Table::kContentAudios,
          "contentAudios",
          {{"_id", FieldKind::kText, false, 64},
           {"_creationTime", FieldKind::kNumber, false, 0},
           {"a", FieldKind::kText, false, 128},
           {"b", FieldKind::kText, false, 128},
           {"wide", FieldKind::kText, true, 200},
           {"settings", FieldKind::kVoiceSettings, true, 0},
           {"script", FieldKind::kKeptText, true, 262144}},
          std::move(indexes)};
}

IndexSpec spec(int id, std::string name, std::vector<std::string> fields) {
  return {IndexId{static_cast<uint16_t>(id)}, Table::kContentAudios, std::move(name),
          std::move(fields)};
}

std::string refusal_of(const std::vector<DeclaredTable>& tables) {
  try {
    resolve(tables);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIncompatible);
    return error.what();
  }
  return "accepted";
}

std::string refusal_of(std::vector<IndexSpec> indexes) {
  return refusal_of(std::vector{table_with(std::move(indexes))});
}

constexpr const char* kAtOne = "index declaration is refused: contentAudios.one (id 1): ";

void expect_refusal(const std::vector<std::string>& fields, const std::string& why) {
  EXPECT_EQ(refusal_of({spec(1, "one", fields)}), kAtOne + why + "; correct record.capnp");
}

TEST(Resolve, UnknownFieldIsNamed) {
  expect_refusal({"a", "nowhere"}, "contentAudios has no field nowhere");
}

TEST(Resolve, FieldTwiceIsNamed) { expect_refusal({"a", "b", "a"}, "field a stands twice"); }

TEST(Resolve, ObjectsHaveNoKeys) {
  expect_refusal({"settings"},
                 "field settings is an object; text, numbers and enumerations have keys");
}

TEST(Resolve, LongTextHasNoKey) {
  expect_refusal({"script"}, "field script is long text, which only the kept event holds");
}

TEST(Resolve, ImpliedFieldsAreNotDeclared) {
  expect_refusal({"a", "_id"}, "_id follows the declared fields by itself");
  expect_refusal({"_creationTime"}, "_creationTime follows the declared fields by itself");
}

TEST(Resolve, NoFieldsIsRefused) {
  expect_refusal({}, "no fields (by_creation_time needs no declaration)");
}

TEST(Resolve, FifteenFieldsAreTooMany) {
  std::vector<std::string> fields;
  for (char name = 'a'; name < 'a' + 15; ++name) fields.emplace_back(1, name);
  expect_refusal(fields, "15 fields, 14 at most");
}

TEST(Resolve, KeysOverTheLimitAreRefusedWithTheirLength) {
  // wide 202 + a 130 + b 130 + 9 + _id 66
  expect_refusal({"wide", "a", "b"}, "its keys can be 537 bytes long, 501 at most");
  EXPECT_EQ(refusal_of({spec(1, "one", {"wide", "a"})}), "accepted");
}

TEST(Resolve, TheLimitIsExact) {
  auto table = table_with({spec(1, "one", {"wide"})});
  table.fields[4].bytes_max = 501 - 2 - 9 - 66;
  EXPECT_EQ(refusal_of(std::vector{table}), "accepted");
  ++table.fields[4].bytes_max;
  EXPECT_EQ(refusal_of(std::vector{table}), std::string(kAtOne) +
                                                "its keys can be 502 bytes long, 501 at most; "
                                                "correct record.capnp");
}

TEST(Resolve, LongIdsCountForByIdToo) {
  auto table = table_with({});
  table.fields[0].bytes_max = 500;
  EXPECT_NE(refusal_of(std::vector{table}).find("contentAudios.by_id (id 1002): its keys can be"),
            std::string::npos);
}

TEST(Resolve, ReusedIdNamesItsOwnerAlsoInAnotherTable) {
  EXPECT_NE(refusal_of({spec(1, "one", {"a"}), spec(1, "two", {"b"})})
                .find("contentAudios.two (id 1): the id is that of contentAudios.one"),
            std::string::npos);
  auto other = table_with({spec(1, "one", {"a"})});
  other.table = Table::kUserContentAudios;
  other.name = "userContentAudios";
  EXPECT_NE(refusal_of({table_with({spec(1, "one", {"a"})}), other})
                .find("userContentAudios.one (id 1): the id is that of contentAudios.one"),
            std::string::npos);
}

TEST(Resolve, IdsOutOfRangeAreRefused) {
  for (const int id : {0, 1000, 65535}) {
    EXPECT_NE(refusal_of({spec(id, "one", {"a"})}).find("the id is not within 1..999"),
              std::string::npos);
  }
  EXPECT_EQ(refusal_of({spec(999, "one", {"a"})}), "accepted");
}

TEST(Resolve, MoreIndexesThanAShardHoldsAreRefused) {
  std::vector<IndexSpec> indexes;
  for (int id = 1; id <= 50; ++id) indexes.push_back(spec(id, fmt::format("i{}", id), {"a"}));
  EXPECT_EQ(refusal_of(indexes), "accepted");
  indexes.push_back(spec(51, "one_more", {"a"}));
  EXPECT_EQ(refusal_of(indexes),
            "index declaration is refused: contentAudios.one_more (id 51): it is one of more than "
            "50 indexes, which a shard has no room for; correct record.capnp");
}

TEST(Resolve, NamesAreUniqueInATable) {
  EXPECT_NE(refusal_of({spec(1, "one", {"a"}), spec(2, "one", {"b"})})
                .find("the table has an index of this name already"),
            std::string::npos);
}

TEST(Resolve, NamesOfViewsAndOddNamesAreRefused) {
  for (const char* name : {"by_id", "by_creation_time", "rows"}) {
    EXPECT_NE(refusal_of({spec(1, name, {"a"})}).find("the name is reserved"), std::string::npos);
  }
  for (const char* name : {"", "a b", "a.b", "a,b", "\xc3\xa9"}) {
    EXPECT_NE(refusal_of({spec(1, name, {"a"})}).find("not made of letters, digits and `_`"),
              std::string::npos);
  }
}

TEST(ReadDeclaredTables, KnowsKindsLimitsAndWhatIsOptional) {
  const auto tables = read_declared_tables();
  ASSERT_EQ(tables.size(), 2u);
  ASSERT_EQ(tables[0].fields.size(), 17u);
  ASSERT_EQ(tables[1].fields.size(), 9u);
  const auto expect = [](const DeclaredField& field, const char* name, FieldKind kind,
                         bool optional, size_t bytes_max) {
    EXPECT_EQ(field.name, name);
    EXPECT_EQ(field.kind, kind) << name;
    EXPECT_EQ(field.optional, optional) << name;
    EXPECT_EQ(field.bytes_max, bytes_max) << name;
  };
  expect(tables[0].fields[0], "_id", FieldKind::kText, false, 64);
  expect(tables[0].fields[1], "_creationTime", FieldKind::kNumber, false, 0);
  expect(tables[0].fields[3], "contentType", FieldKind::kEnumeration, false, 7);
  expect(tables[0].fields[7], "voiceSettings", FieldKind::kVoiceSettings, true, 0);
  expect(tables[0].fields[8], "status", FieldKind::kEnumeration, false, 17);
  expect(tables[0].fields[9], "script", FieldKind::kKeptText, true, 262144);
  expect(tables[0].fields[11], "audioDuration", FieldKind::kNumber, true, 0);
  expect(tables[1].fields[2], "userId", FieldKind::kText, false, 128);
}

}  // namespace
}  // namespace ledger::index
