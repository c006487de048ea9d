#include "projector/run/log_watch.h"

#include <atomic>

#include <gtest/gtest.h>

#include "projector/consumer/probe.h"
#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "tests/support/eventually.h"

namespace ledger::run {
namespace {

using std::chrono::milliseconds;
using test::eventually;

constexpr LogWatch::Intervals kOften{milliseconds(1), milliseconds(1)};
constexpr LogWatch::Intervals kNever{std::chrono::hours(1), std::chrono::hours(1)};

const PositionVector kEnds = {{Partition{0}, Offset{7}}};

TEST(LogWatch, TellsTheEndsWithTheTimeOfTheQuestion) {
  const double before_ms = now_unix_ms();
  std::atomic<double> asked_ms{0};
  LogWatch watch({.ends =
                      [&] {
                        asked_ms = now_unix_ms();
                        return kEnds;
                      },
                  .settings = nullptr},
                 kOften);
  const auto seen = eventually([&] { return watch.ends(); });
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->ends, kEnds);
  EXPECT_GE(seen->time_ms, before_ms);
  EXPECT_LE(seen->time_ms, asked_ms);
}

TEST(LogWatch, AsksNothingBeforeItsTime) {
  std::atomic<int> questions{0};
  {
    LogWatch watch({.ends =
                        [&] {
                          ++questions;
                          return kEnds;
                        },
                    .settings =
                        [&] {
                          ++questions;
                          return std::string();
                        }},
                   kNever);
    EXPECT_EQ(watch.ends(), std::nullopt);
  }
  EXPECT_EQ(questions, 0);
}

TEST(LogWatch, SilenceIsToldUntilAnAnswerComes) {
  std::atomic<bool> away{true};
  LogWatch watch({.ends = [&]() -> PositionVector {
                    if (away) throw consumer::NotReachable{"nobody is there"};
                    return kEnds;
                  },
                  .settings = nullptr},
                 kOften);
  EXPECT_TRUE(eventually([&] { return watch.silence() == "nobody is there"; }));
  EXPECT_EQ(watch.ends(), std::nullopt);
  away = false;
  EXPECT_TRUE(eventually([&] { return watch.ends(); }));
  EXPECT_EQ(watch.silence(), "");
  watch.check();
}

TEST(LogWatch, UnreadableSettingsAreToldOncePerQuestion) {
  std::atomic<bool> asked{false};
  LogWatch watch(
      {.ends = [] { return kEnds; },
       .settings =
           [&] { return asked.exchange(true) ? std::string() : std::string("not allowed"); }},
      kOften);
  EXPECT_EQ(eventually([&] { return watch.unreadable_settings(); }), "not allowed");
  EXPECT_EQ(watch.unreadable_settings(), std::nullopt);
}

TEST(LogWatch, ErrorEndsItAndIsThrownByCheck) {
  LogWatch watch(
      {.ends = [] { return kEnds; },
       .settings = []() -> std::string { throw Error(Fault::kIncompatible, "retention.ms is 1"); }},
      kOften);
  EXPECT_TRUE(eventually([&] {
    try {
      watch.check();
      return false;
    } catch (const Error& error) {
      return error.fault() == Fault::kIncompatible;
    }
  }));
}

}  // namespace
}  // namespace ledger::run
