// A generation that is published while an answer looks for its position.
#include <malloc.h>

#include <fmt/format.h>

#include "query/find.h"
#include "schemas/store/run_state.h"
#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

class Generations : public LibraryWorld {
 protected:
  // What is freed is overwritten, so that reading it gives no answer by luck.
  Generations() { mallopt(M_PERTURB, 0xA5); }
  ~Generations() override { mallopt(M_PERTURB, 0); }

  // The views as a reader has them that opened them just before a rebuild was published.
  std::unique_ptr<query::Views> opened_before_a_rebuild() {
    store::RunState state;
    state.phase = store::RunPhase::kFollowing;
    state.caught_up_ms = kT0 + 1e6;
    store::write_run_state(views().directory().run_json(), state);
    close_views();
    auto opened = std::make_unique<query::Views>(directory());
    const Finished rebuilt = run({program("ledger-projector"), "rebuild", "--views", directory()});
    EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
    return opened;
  }
  static query::FindRequest pending() {
    query::FindRequest request;
    request.conditions = {{"status", query::Comparison::kEqual, std::string("pending")}};
    request.as_of = kT0 + 1e6;
    return request;
  }
};

TEST_F(Generations, ACountAsOfATimeIsPlannedOnTheOneItReads) {
  const auto opened = opened_before_a_rebuild();
  const query::CountAnswer answer = query::count(*opened, pending(), std::nullopt);
  EXPECT_EQ(opened->generation(), store::Generation{2});
  EXPECT_EQ(answer.answer.matched, library.audios_with("pending").size());
}

TEST_F(Generations, ACountByAFieldIsPlannedOnTheOneItReads) {
  const auto opened = opened_before_a_rebuild();
  const query::CountAnswer answer = query::count(*opened, pending(), "status");
  ASSERT_EQ(answer.lines.size(), 1U);
  EXPECT_EQ(answer.lines[0].count, library.audios_with("pending").size());
}

TEST_F(Generations, RowsAsOfATimeArePlannedOnTheOneTheyAreReadFrom) {
  const auto opened = opened_before_a_rebuild();
  uint64_t rows = 0;
  const query::Answer answer = query::find(*opened, pending(), [&](const query::Row&) { ++rows; });
  EXPECT_EQ(opened->generation(), store::Generation{2});
  EXPECT_EQ(answer.index, "status");
  EXPECT_EQ(rows, library.audios_with("pending").size());
}

}  // namespace
}  // namespace ledger::test
