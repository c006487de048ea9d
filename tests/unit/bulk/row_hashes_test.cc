#include "projector/bulk/row_hashes.h"

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

TEST(RowHashes, PartsOfANaturalKeyAreToldApart) {
  const uint64_t hash = natural_hash("ab", "c", record::ContentType::kArticle);
  EXPECT_EQ(natural_hash("ab", "c", record::ContentType::kArticle), hash);
  EXPECT_NE(natural_hash("a", "bc", record::ContentType::kArticle), hash);
  EXPECT_NE(natural_hash("ab", "c", record::ContentType::kSubject), hash);
}

// Both are in one directory.
TEST(RowHashes, ListeningOfAnAudiosIdHasAnotherHash) {
  EXPECT_NE(audio_hash("x"), foreign_hash("x"));
}

}  // namespace
}  // namespace ledger::bulk
