#include <string>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "schemas/store/sha256_internal.h"

namespace ledger::store {
namespace {

TEST(Sha256, EqualsOpenSslForEveryLengthOfTheFirstBlocks) {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    Sha256 expected{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), expected.data());
    EXPECT_EQ(sha256(bytes), expected) << length;
    bytes.push_back(static_cast<char>(length * 37));
  }
}

}  // namespace
}  // namespace ledger::store
