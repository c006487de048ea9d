// A build on a small disk: refused before it writes when the disk will not hold it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/bulk/disk.h"
#include "projector/bulk/generation_build.h"
#include "tests/support/event/forms.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/views/built_views.h"

namespace ledger::bulk {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kHeld = static_cast<int>(kEventsToTell) + 2000;
constexpr int64_t kPosition = kHeld + 1;  // the genesis
constexpr int64_t kMore = 20'000;
constexpr size_t kMemory = size_t{64} << 20;  // all of it is one round
constexpr size_t kRoomy = size_t{256} << 20;
constexpr double kAFew = 0.05;  // of what is needed: a disk counts in blocks, and folders too

// Where nothing can be mounted these say nothing: a limit of file sizes leaves the room as it is.
class SpaceCheck : public ::testing::Test {
 protected:
  // The live generation has the first `count` events, its kept log nothing more.
  void hold(int count) const {
    testing::BuiltViews views(directory_.root(), {.partitions = 1});
    views.add_all(event::wordy_play_lines(count));
    views.commit();
  }
  double bytes(const std::string& part) const {
    return static_cast<double>(bytes_under(directory_.root() / part));
  }
  // Of the views of all events, in bytes, and of the log of those to come.
  double views_needed() const { return bytes("gen-1") * (kPosition + kMore) / kPosition; }
  double log_needed() const { return bytes("log") * kMore / kPosition; }

  // A fill of `base` and kMore events with so much room. Returns: why not, or "".
  std::string build_with(double room, Base base = store::Generation{1}) {
    disk_.leave(static_cast<size_t>(room));
    const auto ends = [](Partition) { return Offset{kPosition + kMore}; };
    const auto error = store::error_of([&] {
      GenerationBuild(directory_, base,
                      {.what = "filling", .memory = kMemory, .threads = 1, .ends = ends}, messages_,
                      interrupt_);
    });
    disk_.leave(kRoomy);
    if (!error) return "";
    EXPECT_EQ(error->fault(), Fault::kFull);
    return error->what();
  }

  // A rebuild with so much room.
  Fault rebuild_with(double room) {
    disk_.leave(static_cast<size_t>(room));
    const Fault fault = store::fault_of([&] {
      GenerationBuild(directory_, std::nullopt,
                      {.what = "rebuilding", .memory = kMemory, .threads = 1}, messages_,
                      interrupt_);
    });
    disk_.leave(kRoomy);
    return fault;
  }

  const test::TempDir folder_{test::memory_directory()};
  const test::SmallDisk disk_{folder_.path()};
  const store::ViewDirectory directory_{folder_.path() / "views"};
  const options::Interrupt interrupt_;
  report::Messages messages_{true};
};

TEST_F(SpaceCheck, RefusesWhatTheDiskWillNotHoldAndSaysHowMuchThatIs) {
  if (!disk_.mounted()) return;
  hold(kHeld);
  const double needed = views_needed() + log_needed();
  ASSERT_GT(std::min(views_needed(), log_needed()), 2 * kAFew * needed) << "either would do";
  EXPECT_EQ(build_with(needed * (1 + kAFew)), "");
  const auto mib = [](double bytes) {
    return fmt::format("{} MiB", static_cast<uint64_t>(bytes) >> 20);
  };
  EXPECT_THAT(build_with(needed * (1 - kAFew)),
              AllOf(HasSubstr("filling: the new generation needs about " + mib(views_needed())),
                    HasSubstr("and " + mib(log_needed()) + " for the log that is fetched"),
                    HasSubstr(directory_.root().string() + " has " + mib(needed * (1 - kAFew))),
                    HasSubstr("free some and start again")));
  EXPECT_FALSE(std::filesystem::exists(directory_.generation(store::Generation{2})));
}

TEST_F(SpaceCheck, CountsNoLogThatIsKeptAlready) {
  if (!disk_.mounted()) return;
  hold(kHeld);
  EXPECT_EQ(rebuild_with(bytes("gen-1") * (1 + kAFew)), Fault::kNone);
  EXPECT_EQ(rebuild_with(bytes("gen-1") * (1 - kAFew)), Fault::kFull);
}

// A few events do not tell what an event takes: the next may be much smaller.
TEST_F(SpaceCheck, OfASmallGenerationAsksForAsMuchAsThatTakes) {
  if (!disk_.mounted()) return;
  hold(1000);
  EXPECT_EQ(build_with(bytes("gen-1") * (1 + kAFew)), "");
  EXPECT_NE(build_with(bytes("gen-1") * (1 - kAFew)), "");
}

// Event by event it would not fit either, and the views are not known: `run` tells what it takes.
TEST_F(SpaceCheck, RefusesNoFirstBuildForItsLog) {
  if (!disk_.mounted()) return;
  hold(kHeld);
  EXPECT_EQ(build_with(bytes("gen-1") * (1 + kAFew), std::nullopt), "");
}

TEST_F(SpaceCheck, WhatALeftGenerationTakesIsRoomForTheOneThatGoesOnWithIt) {
  if (!disk_.mounted()) return;
  hold(kHeld);
  {
    GenerationBuild died(directory_, std::nullopt,
                         {.what = "rebuilding", .memory = kMemory, .threads = 1}, messages_,
                         interrupt_);
    died.fold_to([](const ShardBuild& shard) { return shard.end(); });
    EXPECT_THROW(died.leave_if_unavailable([] { throw Error(Fault::kUnavailable, "away"); }),
                 Error);
  }
  ASSERT_GT(bytes("gen-2"), bytes("gen-1") / 4);
  const double rest = bytes("gen-1") - bytes("gen-2");
  EXPECT_EQ(rebuild_with(rest - bytes("gen-1") * kAFew), Fault::kFull);
  EXPECT_EQ(rebuild_with(rest + bytes("gen-1") * kAFew), Fault::kNone);
}

}  // namespace
}  // namespace ledger::bulk
