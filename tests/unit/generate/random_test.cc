#include "tests/support/generate/random.h"

#include <gtest/gtest.h>

#include "tests/support/generate/ids.h"

namespace ledger::generate {
namespace {

TEST(WeightedChoice, DrawsInProportionToTheWeights) {
  const std::vector<double> weights = {1, 2, 0.5, 4, 0.5};
  const WeightedChoice choice(weights);
  Random random(1);
  std::vector<int> counts(weights.size());
  constexpr int kDraws = 400'000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(choice.draw(random));
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(counts[i], kDraws * weights[i] / 8, kDraws * 0.005) << i;
  }
}

TEST(WeightedChoice, OneWeightIsAlwaysDrawn) {
  Random random(1);
  const WeightedChoice choice({0.25});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(choice.draw(random), 0u);
}

TEST(Random, IsTheSameEverywhere) {
  // Pinned: another value means that every generated file has changed.
  EXPECT_EQ(Random(42).next(), 10996452266160306281u);
}

TEST(MakeEventId, IsAUuidOfVersion7WithItsTime) {
  const std::string id = to_text(make_event_id(42, 7, 0x0197a1c2d3e4));
  EXPECT_EQ(id.substr(0, 15), "0197a1c2-d3e4-7");
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
  EXPECT_EQ(id, to_text(make_event_id(42, 7, 0x0197a1c2d3e4)));
  EXPECT_NE(id, to_text(make_event_id(43, 7, 0x0197a1c2d3e4)));
}

}  // namespace
}  // namespace ledger::generate
