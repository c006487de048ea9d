// Order of key bytes == order of values, and bytes -> values -> bytes, over random values.
#include "schemas/index/key.h"
#include "tests/property/index/random_values.h"

namespace ledger::index {
namespace {

constexpr int kRounds = 200'000;
constexpr size_t kPartsMax = 4;

int compare(const std::vector<KeyPart>& a, const std::vector<KeyPart>& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (const int order = compare_parts(a[i], b[i]); order != 0) return order;
  }
  return static_cast<int>(a.size()) - static_cast<int>(b.size());
}

int sign(int value) { return (value > 0) - (value < 0); }

TEST(KeyOrder, OfBytesIsTheOrderOfValues) {
  SCOPED_TRACE(testing::Message() << "LEDGER_SEED=" << test_seed());
  Random random(test_seed());
  int equal = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<KeyPart> a(random.below(kPartsMax + 1));
    for (KeyPart& part : a) part = random.part();
    std::vector<KeyPart> b = random.below(2) == 0 ? a : std::vector<KeyPart>(a.size());
    if (b.empty() || random.below(8) == 0) b.emplace_back();
    b[random.below(b.size())] = random.part();
    const int order = sign(key_of(a).compare(key_of(b)));
    ASSERT_EQ(order, sign(compare(a, b))) << "round " << round;
    equal += order == 0;
  }
  EXPECT_GT(equal, kRounds / 100);  // the values are close enough to say something
  EXPECT_LT(equal, kRounds / 2);
}

TEST(KeyOrder, SplitGivesTheValuesBackBitForBit) {
  SCOPED_TRACE(testing::Message() << "LEDGER_SEED=" << test_seed());
  Random random(test_seed());
  for (int round = 0; round < kRounds; ++round) {
    std::vector<KeyPart> parts(random.below(kPartsMax + 1));
    for (KeyPart& part : parts) part = random.part();
    const auto again = split(key_of(parts));
    ASSERT_TRUE(again) << "round " << round;
    ASSERT_EQ(compare(*again, parts), 0) << "round " << round;
  }
}

TEST(KeyOrder, SplitOfAnyBytesIsRefusedOrComesBack) {
  SCOPED_TRACE(testing::Message() << "LEDGER_SEED=" << test_seed());
  static const char kBytes[] = {'\x00', '\x01', '\x0d', '\x10', '\xff', 'a'};
  Random random(test_seed());
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string bytes(random.below(12), ' ');
    for (char& byte : bytes) byte = random.one_of(kBytes);
    const auto parts = split(bytes);
    if (!parts) continue;
    ++accepted;
    ASSERT_EQ(key_of(*parts), bytes) << "round " << round;
  }
  EXPECT_GT(accepted, kRounds / 1000);
}

}  // namespace
}  // namespace ledger::index
