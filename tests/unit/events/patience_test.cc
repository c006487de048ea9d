#include "events/log/patience.h"

#include <csignal>

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger::log {
namespace {

TEST(Patience, EndsAfterItsTimeWithTheReason) {
  const options::Interrupt interrupt;
  Patience patience("test", interrupt, true, std::chrono::milliseconds(0));
  try {
    patience.check("nobody answers");
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUnavailable);
    EXPECT_NE(std::string(error.what()).find("nobody answers"), std::string::npos);
  }
}

TEST(Patience, WithoutALimitGoesOn) {
  const options::Interrupt interrupt;
  Patience patience("test", interrupt, true, std::nullopt);
  EXPECT_NO_THROW(patience.check("nobody answers"));
}

TEST(Patience, EndsAtOnceOnASignal) {
  const options::Interrupt interrupt;
  Patience patience("test", interrupt, true, std::nullopt);
  ASSERT_EQ(raise(SIGTERM), 0);
  try {
    patience.wait("nobody answers");
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kTerminated);
  }
}

}  // namespace
}  // namespace ledger::log
