#include "schemas/base/start_threads.h"

#include <atomic>
#include <mutex>
#include <set>

#include <grp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/store/in_child.h"
#include "tests/support/store/store_samples.h"

namespace ledger {
namespace {

constexpr uid_t kNobody = 65534;
constexpr size_t kFew = 20;
constexpr size_t kTooMany = 200;

TEST(StartThreads, EachGetsItsNumber) {
  std::mutex mutex;
  std::set<size_t> numbers;
  const auto note = [&](size_t number) {
    const std::lock_guard lock(mutex);
    numbers.insert(number);
  };
  start_threads(4, note, [] { FAIL() << "told to stop"; }).clear();
  EXPECT_EQ(numbers, (std::set<size_t>{0, 1, 2, 3}));
}

TEST(StartThreads, NoneAreStartedForNothing) {
  EXPECT_TRUE(start_threads(
                  0, [](size_t) { FAIL(); }, [] {})
                  .empty());
}

// As somebody whom limits bind: root gives that up.
void have_few_threads() {
  if (geteuid() == 0) {
    ASSERT_EQ(setgroups(0, nullptr), 0);
    ASSERT_EQ(setgid(kNobody), 0);
    ASSERT_EQ(setuid(kNobody), 0);
  }
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NPROC, &limit), 0);
  limit.rlim_cur = test::threads_of(geteuid()) + kFew;
  ASSERT_EQ(setrlimit(RLIMIT_NPROC, &limit), 0);
}

void start_too_many() {
  have_few_threads();
  std::atomic<size_t> began{0};
  std::atomic<size_t> ended{0};
  std::atomic<bool> stop{false};
  const auto wait_for_stop = [&](size_t) {
    ++began;
    stop.wait(false);
    ++ended;
  };
  const auto error = store::error_of([&] {
    start_threads(kTooMany, wait_for_stop, [&] {
      stop = true;
      stop.notify_all();
    });
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), Fault::kUnavailable);
  EXPECT_THAT(error->what(), testing::HasSubstr("ulimit -u"));
  EXPECT_GT(began, 0U);
  EXPECT_LT(began, kTooMany);
  EXPECT_EQ(ended, began);
}

TEST(StartThreads, WhereThereAreNoMoreThoseThatBeganAreToldToStop) {
  EXPECT_EQ(store::in_child(start_too_many), 0);
}

}  // namespace
}  // namespace ledger
