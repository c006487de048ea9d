#include <gtest/gtest.h>

#include "projector/report/messages.h"

namespace ledger::report {
namespace {

TEST(ProgressText, SaysShareNumbersAndRate) {
  EXPECT_EQ(progress_text({50, 200}, 1234.6, false), " 25 %  50 of 200 events, 1235/s");
}

TEST(ProgressText, BarHasOneWidth) {
  const std::string empty = progress_text({0, 200}, 0, true);
  const std::string full = progress_text({200, 200}, 0, true);
  EXPECT_EQ(empty.find(']'), full.find(']'));
  EXPECT_EQ(full.substr(1, 3), "===");
}

TEST(ProgressText, NothingToDoIsDoneAndMoreThanExpectedIsNoMoreThanAll) {
  EXPECT_EQ(progress_text({0, 0}, 0, false), "100 %  0 of 0 events, 0/s");
  EXPECT_EQ(progress_text({7, 5}, 0, false), "100 %  7 of 7 events, 0/s");
}

}  // namespace
}  // namespace ledger::report
