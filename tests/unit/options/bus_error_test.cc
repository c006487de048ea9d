#include "schemas/options/bus_error.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace ledger::options {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBytes = 8192;

class BusErrorDeathTest : public testing::Test {
 protected:
  // Reads, as a program does, behind the end of a mapped file of the view directory.
  void read_cut(const std::string& name) const {
    const fs::path path = temp_.path() / name;
    fs::create_directories(path.parent_path());
    const int fd = open(path.c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_EQ(ftruncate(fd, kBytes), 0);
    void* const mapped = mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, fd, 0);
    ASSERT_NE(mapped, MAP_FAILED);
    ASSERT_EQ(ftruncate(fd, 0), 0);
    explain_bus_errors();
    [[maybe_unused]] const char byte = static_cast<const volatile char*>(mapped)[kBytes / 2];
  }
  // What it is to say, after the path.
  std::string expected(const std::string& name, const std::string& remedy) const {
    return (temp_.path() / name).string() + " is cut short or cannot be read .*" + remedy;
  }

  test::TempDir temp_;
};

TEST_F(BusErrorDeathTest, FileOfAShardIsMendedByRebuild) {
  EXPECT_EXIT(read_cut("gen-7/0/data.mdb"), testing::ExitedWithCode(7),
              expected("gen-7/0/data.mdb", "anew: ledger-projector rebuild\n$"));
}

TEST_F(BusErrorDeathTest, FileOfTheKeptLogIsMendedByACopy) {
  EXPECT_EXIT(read_cut("log/12/data.mdb"), testing::ExitedWithCode(7),
              expected("log/12/data.mdb", "restore log/ from a copy, or fold the topic"));
}

TEST_F(BusErrorDeathTest, FileOfViewsInAnotherFolderIsNamedWithBothRemedies) {
  EXPECT_EXIT(
      read_cut("other/0/data.mdb"), testing::ExitedWithCode(7),
      expected("other/0/data.mdb", "rebuild; where that refuses, restore log/ from a copy"));
}

TEST_F(BusErrorDeathTest, AnyOtherFileIsABugAndNoDamageOfViews) {
  EXPECT_EXIT(read_cut("other"), testing::KilledBySignal(SIGBUS), "^$");
}

TEST_F(BusErrorDeathTest, OneThatWasSentEndsTheProgramAtOnce) {
  const auto sent = [] {
    explain_bus_errors();
    raise(SIGBUS);
    _exit(0);
  };
  EXPECT_EXIT(sent(), testing::KilledBySignal(SIGBUS), "^$");
}

}  // namespace
}  // namespace ledger::options
