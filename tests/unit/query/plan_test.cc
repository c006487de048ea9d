#include "query/plan.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"
#include "schemas/index/key.h"

namespace ledger::query {
namespace {

using enum Comparison;
using record::Table;

const index::Declarations& declarations() {
  static const index::Declarations loaded = index::load_declarations();
  return loaded;
}

FindRequest request(Table table, std::vector<Condition> conditions) {
  FindRequest request;
  request.table = table;
  request.conditions = std::move(conditions);
  return request;
}

FindRequest audios(std::vector<Condition> conditions) {
  return request(Table::kContentAudios, std::move(conditions));
}

std::string index_for(Table table, std::vector<Condition> conditions) {
  return make_plan(declarations(), request(table, std::move(conditions))).index->name;
}

std::string refusal(const FindRequest& request) {
  try {
    make_plan(declarations(), request);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUsage);
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return {};
}

Condition text(std::string field, std::string value, Comparison comparison = kEqual) {
  return {std::move(field), comparison, std::move(value)};
}

Condition number(std::string field, double value, Comparison comparison = kEqual) {
  return {std::move(field), comparison, value};
}

TEST(Plan, GoesByCreationTimeWithoutConditions) {
  EXPECT_EQ(index_for(Table::kContentAudios, {}), "by_creation_time");
  EXPECT_EQ(index_for(Table::kUserContentAudios, {}), "by_creation_time");
}

TEST(Plan, TakesTheIndexWithTheFewestFieldsLeft) {
  EXPECT_EQ(index_for(Table::kUserContentAudios, {text("userId", "u")}), "user");
  EXPECT_EQ(index_for(Table::kContentAudios, {text("contentId", "c")}), "content");
  EXPECT_EQ(
      index_for(Table::kContentAudios, {text("contentType", "article"), text("contentId", "c")}),
      "content");
}

TEST(Plan, TakesTheIndexThatUsesMoreConditions) {
  EXPECT_EQ(
      index_for(Table::kContentAudios,
                {text("contentId", "c"), text("contentType", "article"), text("voiceId", "v")}),
      "content_voice");
  EXPECT_EQ(
      index_for(Table::kContentAudios, {text("contentId", "c"), text("contentType", "article"),
                                        text("voiceId", "v", kGreater)}),
      "content_voice");
  EXPECT_EQ(index_for(Table::kUserContentAudios, {text("userId", "u"), text("contentId", "c")}),
            "user_content");
}

TEST(Plan, GoesByIdAndByCreationTimeWhenTheirFieldsAreAsked) {
  EXPECT_EQ(index_for(Table::kContentAudios, {text("_id", "a")}), "by_id");
  EXPECT_EQ(index_for(Table::kContentAudios, {number("_creationTime", 5, kGreaterOrEqual)}),
            "by_creation_time");
  EXPECT_EQ(index_for(Table::kContentAudios,
                      {text("status", "failed"), number("_creationTime", 5, kLess)}),
            "status");
}

TEST(Plan, RefusesATieAndListsTheChoices) {
  const std::string message = refusal(audios({text("status", "failed"), text("contentHash", "h")}));
  EXPECT_NE(message.find("status (status, _creationTime, _id)"), std::string::npos) << message;
  EXPECT_NE(message.find("contentHash (contentHash, _creationTime, _id)"), std::string::npos);
  EXPECT_NE(message.find("--index"), std::string::npos);
}

TEST(Plan, ANamedIndexSettlesATie) {
  FindRequest asked = audios({text("status", "failed"), text("contentHash", "h")});
  asked.index = "contentHash";
  const Plan plan = make_plan(declarations(), asked);
  EXPECT_EQ(plan.index->name, "contentHash");
  ASSERT_EQ(plan.residual.size(), 1U);
  EXPECT_EQ(plan.residual[0].field, "status");
}

TEST(Plan, TestsConditionsOutsideTheIndexPerRow) {
  const Plan plan = make_plan(
      declarations(),
      audios({text("status", "failed"), text("locale", "en"), number("updatedAt", 7, kLess)}));
  EXPECT_EQ(plan.index->name, "status");
  ASSERT_EQ(plan.residual.size(), 2U);
  EXPECT_EQ(plan.residual[0].field, "locale");
  EXPECT_EQ(plan.residual[1].field, "updatedAt");
}

TEST(Plan, ScansByCreationTimeWhenNoIndexBeginsWithACondition) {
  const Plan plan = make_plan(declarations(), audios({text("locale", "en")}));
  EXPECT_EQ(plan.index->name, "by_creation_time");
  EXPECT_EQ(plan.residual.size(), 1U);
}

TEST(Plan, IndexOnlyRefusesConditionsOutsideTheIndex) {
  FindRequest asked = audios({text("status", "failed"), text("locale", "en")});
  asked.index_only = true;
  const std::string message = refusal(asked);
  EXPECT_NE(message.find("locale"), std::string::npos) << message;
  asked.conditions.pop_back();
  EXPECT_EQ(make_plan(declarations(), asked).index->name, "status");
}

TEST(Plan, RangeIsEqualityThenOneBoundedField) {
  const Plan plan = make_plan(
      declarations(), audios({text("status", "failed"), number("_creationTime", 5, kGreater),
                              number("_creationTime", 9, kLessOrEqual)}));
  EXPECT_TRUE(plan.residual.empty());
  index::RangeExpression expected;
  expected.equal = {std::string("failed")};
  expected.lower = {5.0, false};
  expected.upper = {9.0, true};
  const index::KeyRange range = index::to_key_range(expected);
  EXPECT_EQ(plan.range.first, range.first);
  EXPECT_EQ(plan.range.limit, range.limit);
}

TEST(Plan, ABoundOnAnEqualFieldIsTestedPerRow) {
  const Plan plan =
      make_plan(declarations(), audios({text("status", "failed"), text("status", "g", kLess)}));
  EXPECT_EQ(plan.index->name, "status");
  EXPECT_EQ(plan.residual.size(), 1U);
}

TEST(Plan, RefusesTwoConditionsOfOneKindOnAField) {
  EXPECT_NE(
      refusal(audios({number("updatedAt", 1, kGreater), number("updatedAt", 2, kGreaterOrEqual)}))
          .find("two lower bounds on updatedAt"),
      std::string::npos);
  EXPECT_NE(refusal(audios({number("updatedAt", 1, kLess), number("updatedAt", 2, kLess)}))
                .find("two upper bounds on updatedAt"),
            std::string::npos);
  EXPECT_NE(refusal(audios({text("status", "a"), text("status", "b")})).find("two = conditions"),
            std::string::npos);
}

TEST(Plan, NamesTheNearestIndexAndField) {
  FindRequest asked = audios({});
  asked.index = "statsu";
  EXPECT_NE(refusal(asked).find("did you mean 'status'?"), std::string::npos);
  EXPECT_NE(refusal(audios({text("contentID", "c")})).find("did you mean 'contentId'?"),
            std::string::npos);
}

TEST(Plan, RefusesAValueOfAnotherTypeAndObjects) {
  EXPECT_NE(refusal(audios({text("updatedAt", "5")})).find("updatedAt is a number"),
            std::string::npos);
  EXPECT_NE(refusal(audios({number("status", 5)})).find("status is a text"), std::string::npos);
  EXPECT_NE(refusal(audios({text("voiceSettings", "x")})).find("object"), std::string::npos);
}

TEST(Plan, ACountByAFieldGoesByAnIndexThatBeginsWithIt) {
  EXPECT_EQ(make_plan(declarations(), audios({}), "status").index->name, "status");
  EXPECT_EQ(make_plan(declarations(), request(Table::kUserContentAudios, {}), "userId").index->name,
            "user");
  EXPECT_EQ(make_plan(declarations(), audios({text("contentHash", "h")}), "status").index->name,
            "contentHash");
}

TEST(Plan, CanonicalTextIsTheQueryAndNotItsSpelling) {
  const FindRequest a =
      audios({text("status", "failed"), text("locale", "en"), text("voiceId", "v")});
  const FindRequest b =
      audios({text("voiceId", "v"), text("locale", "en"), text("status", "failed")});
  FindRequest reversed = a;
  reversed.reverse = true;
  FindRequest other = a;
  other.conditions[1].value = std::string("id");
  const auto canonical = [](const FindRequest& each) {
    return canonical_text(make_plan(declarations(), each), each);
  };
  EXPECT_EQ(canonical(a), canonical(b));
  EXPECT_NE(canonical(a), canonical(reversed));
  EXPECT_NE(canonical(a), canonical(other));
}

}  // namespace
}  // namespace ledger::query
