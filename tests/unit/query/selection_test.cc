#include "query/output/selection.h"

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger::query {
namespace {

const std::vector<std::string> kNames = {"_id", "status", "updatedAt"};

TEST(Selection, TakesAllInOrderByDefault) {
  const Selection selection(kNames, std::nullopt);
  EXPECT_EQ(selection.columns(), kNames);
  EXPECT_EQ(selection.sources(), (std::vector<size_t>{0, 1, 2}));
}

TEST(Selection, AddsNothingByItselfAndKeepsTheAskedOrder) {
  const Selection selection(kNames, "updatedAt,status");
  EXPECT_EQ(selection.columns(), (std::vector<std::string>{"updatedAt", "status"}));
  EXPECT_EQ(selection.sources(), (std::vector<size_t>{2, 1}));
}

TEST(Selection, RefusesUnknownAndRepeatedNames) {
  try {
    Selection(kNames, "_id,statsu");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUsage);
    EXPECT_NE(std::string(error.what()).find("did you mean 'status'?"), std::string::npos);
  }
  EXPECT_THROW(Selection(kNames, "_id,_id"), Error);
  EXPECT_THROW(Selection(kNames, ""), Error);
}

}  // namespace
}  // namespace ledger::query
