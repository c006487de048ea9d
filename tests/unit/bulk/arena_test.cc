#include "projector/bulk/arena.h"

#include <string>

#include <gtest/gtest.h>

namespace ledger::bulk {
namespace {

TEST(Arena, EmptyOneTakesNothing) { EXPECT_EQ(Arena().bytes(), 0U); }

TEST(Arena, CopiesStayWhereTheyAreWhileMoreIsTaken) {
  Arena arena;
  const std::string text = "stays";
  const char* const copy = arena.copy(text);
  for (int i = 0; i < 3000; ++i) {
    std::memset(arena.allocate(1000), 'x', 1000);
  }
  EXPECT_EQ(std::string_view(copy, text.size()), text);
  EXPECT_NE(copy, text.data());
}

TEST(Arena, BytesAreAtLeastWhatWasHandedOut) {
  Arena arena;
  size_t handed_out = 0;
  for (const size_t size : {1U, 4096U, 1U << 20, 5U << 20}) {
    arena.allocate(size);
    handed_out += size;
    EXPECT_GE(arena.bytes(), handed_out);
  }
}

TEST(Arena, PieceThatIsLongerThanAChunkIsWhole) {
  Arena arena;
  const std::string text(3 << 20, 'l');
  EXPECT_EQ(std::string_view(arena.copy(text), text.size()), text);
}

TEST(Arena, PiecesStayWhatTheyAreWhenChunksBecomeLarge) {
  constexpr size_t kPieceBytes = 60'000;
  Arena arena;
  std::vector<const char*> pieces;
  for (char c = 0; arena.bytes() < size_t{24} << 20; ++c) {
    pieces.push_back(arena.copy(std::string(kPieceBytes, c)));
  }
  char expected = 0;
  for (const char* piece : pieces) {
    ASSERT_EQ(std::string_view(piece, kPieceBytes), std::string(kPieceBytes, expected++));
  }
}

}  // namespace
}  // namespace ledger::bulk
