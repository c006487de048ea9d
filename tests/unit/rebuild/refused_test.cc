// Rebuilds that publish nothing.
#include "tests/unit/rebuild/live_views.h"

namespace ledger::rebuild {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RefusedRebuild : public LiveViews {
 protected:
  void expect_nothing_published() const {
    EXPECT_EQ(live(), kGen1);
    EXPECT_THAT(generations(), ElementsAre(kGen1));
  }
};

TEST_F(RefusedRebuild, DifferenceIsListedAndNotPublished) {
  tamper(kGen1, kP1);
  options_.quiet = false;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rebuild(), Fault::kIntegrity);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("partition 1, view event_ids: digest"));
  expect_nothing_published();
  EXPECT_THAT(message(), HasSubstr("rebuild: 1 views differ"));
}

TEST_F(RefusedRebuild, DifferenceIsPublishedWhenItIsAccepted) {
  tamper(kGen1, kP1);
  options_.accept_differences = true;
  EXPECT_EQ(rebuild(), Fault::kNone);
  EXPECT_EQ(live(), kGen2);
  options_.accept_differences = false;
  EXPECT_EQ(rebuild(), Fault::kNone);
}

TEST_F(RefusedRebuild, NoKeptLogIsUnavailable) {
  std::filesystem::remove_all(temp_.path() / "log");
  EXPECT_EQ(rebuild(), Fault::kUnavailable);
  EXPECT_THAT(message(), HasSubstr("there is no kept log"));
}

TEST_F(RefusedRebuild, MissingPartitionOfTheKeptLogIsIntegrity) {
  std::filesystem::remove_all(directory_.log(kP1));
  EXPECT_EQ(rebuild(), Fault::kIntegrity);
  EXPECT_THAT(message(), HasSubstr("1 of 2 partitions are there"));
  expect_nothing_published();
}

TEST_F(RefusedRebuild, KeptLogsInEachOthersPlaceAreIncompatible) {
  std::filesystem::rename(directory_.log(kP0), temp_.path() / "aside");
  std::filesystem::rename(directory_.log(kP1), directory_.log(kP0));
  std::filesystem::rename(temp_.path() / "aside", directory_.log(kP1));
  EXPECT_EQ(rebuild(), Fault::kIncompatible);
  expect_nothing_published();
}

TEST_F(RefusedRebuild, KeptLogOfAnotherLedgerIsIncompatible) {
  const test::TempDir other(test::memory_directory());
  testing::ViewsSetup setup;
  setup.ledger_id[15] ^= 1;
  { const testing::BuiltViews views(other.path(), setup); }
  std::filesystem::remove_all(temp_.path() / "log");
  std::filesystem::copy(other.path() / "log", temp_.path() / "log",
                        std::filesystem::copy_options::recursive);
  EXPECT_EQ(rebuild(), Fault::kIncompatible);
  expect_nothing_published();
}

TEST_F(RefusedRebuild, KeptLogThatLostEventsIsIntegrity) {
  const test::TempDir earlier(test::memory_directory());
  { const testing::BuiltViews views(earlier.path()); }  // the same ledger, its first events only
  std::filesystem::remove_all(temp_.path() / "log");
  std::filesystem::copy(earlier.path() / "log", temp_.path() / "log",
                        std::filesystem::copy_options::recursive);
  EXPECT_EQ(rebuild(), Fault::kIntegrity);
  EXPECT_THAT(message(), HasSubstr("the kept log lost events"));
  options_.accept_differences = true;
  EXPECT_EQ(rebuild(), Fault::kIntegrity);
  expect_nothing_published();
}

TEST_F(RefusedRebuild, DamagedKeptLogIsIntegrity) {
  overwrite(directory_.log(kP0) / "data.mdb");
  EXPECT_EQ(rebuild(), Fault::kIntegrity);
  expect_nothing_published();
}

TEST_F(RefusedRebuild, ProjectorThatDoesNotHandOverIsUnavailable) {
  const store::FileLock lock(temp_.path() / "writer.lock", "tests");
  EXPECT_EQ(rebuild(), Fault::kUnavailable);
  EXPECT_THAT(message(), HasSubstr("a projector is at work"));
  EXPECT_FALSE(std::filesystem::exists(directory_.handover()));
  EXPECT_EQ(live(), kGen1);
}

// Also more often than a build may die.
TEST_F(RefusedRebuild, WhatWasBuiltForAProjectorThatDoesNotHandOverIsForTheNextRebuild) {
  {
    const store::FileLock lock(temp_.path() / "writer.lock", "tests");
    for (int i = 0; i < 7; ++i) ASSERT_EQ(rebuild(), Fault::kUnavailable);
  }
  options_.quiet = false;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rebuild(), Fault::kNone);
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      HasSubstr("rebuilding: resumes generation 2 at " +
                to_text({{kP0, state(kGen1, kP0).position}, {kP1, state(kGen1, kP1).position}})));
  EXPECT_EQ(live(), kGen2);
  EXPECT_EQ(state(kGen2, kP0), state(kGen1, kP0));
}

TEST_F(RefusedRebuild, OtherRebuildAtWorkIsUnavailable) {
  const store::FileLock lock(temp_.path() / "build.lock", "tests");
  EXPECT_EQ(rebuild(), Fault::kUnavailable);
  EXPECT_THAT(message(), HasSubstr("another rebuild is at work"));
}

TEST_F(RefusedRebuild, DiskThatWillNotHoldASecondGenerationIsFull) {
  const auto sparse = directory_.generation(kGen1) / "sparse";
  std::ofstream(sparse).flush();
  const uint64_t beyond = std::filesystem::space(temp_.path()).capacity + 1;
  std::filesystem::resize_file(sparse, beyond);
  EXPECT_EQ(rebuild(), Fault::kFull);
  EXPECT_THAT(message(), HasSubstr("free some and start again"));
  expect_nothing_published();
}

// What it wrote stays for the next one.
TEST_F(RefusedRebuild, SignalEndsIt) {
  raise(SIGTERM);
  EXPECT_EQ(rebuild(), Fault::kTerminated);
  EXPECT_EQ(live(), kGen1);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  const timespec none{};
  EXPECT_EQ(sigtimedwait(&signals, nullptr, &none), SIGTERM);
}

}  // namespace
}  // namespace ledger::rebuild
