#include "schemas/options/output.h"

#include <csignal>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "schemas/base/error.h"

namespace ledger::options {
namespace {

TEST(Output, ALeftReaderIsNoticed) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  Output out(ends[1]);
  out.write("line\n");
  EXPECT_THROW(out.flush(), OutputClosed);
  close(ends[1]);
}

TEST(Output, AFullDiskIsNoticed) {
  const int fd = open("/dev/full", O_WRONLY);
  ASSERT_GE(fd, 0);
  Output out(fd);
  out.write("line\n");
  try {
    out.flush();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kFull);
  }
  close(fd);
}

TEST(Output, LetsGoBeforeItWaitsForASlowReader) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string taken;
  int waits = 0;
  const auto take = [&] {
    std::string bytes(65536, '\0');
    taken.append(bytes, 0, static_cast<size_t>(read(ends[0], bytes.data(), bytes.size())));
  };
  Output out(ends[1], [&] {
    ++waits;
    take();
  });
  std::string text;
  for (int i = 0; i < 30000; ++i) text += std::to_string(i);
  out.buffer() = text;
  out.flush();
  while (taken.size() < text.size()) take();
  EXPECT_EQ(taken, text);
  EXPECT_GT(waits, 0);
  close(ends[0]);
  close(ends[1]);
}

TEST(Output, WhatWasWrittenBeforeAThrowIsNotWrittenAgain) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string taken;
  bool stalled = true;
  const auto take = [&] {
    std::string bytes(65536, '\0');
    taken.append(bytes, 0, static_cast<size_t>(read(ends[0], bytes.data(), bytes.size())));
  };
  Output out(ends[1], [&] {
    if (std::exchange(stalled, false)) throw Error(Fault::kTerminated, "interrupted");
    take();
  });
  std::string text;
  for (int i = 0; i < 30000; ++i) text += std::to_string(i);
  out.buffer() = text;
  EXPECT_THROW(out.flush(), Error);
  out.flush();
  while (taken.size() < text.size()) take();
  EXPECT_EQ(taken, text);
  close(ends[0]);
  close(ends[1]);
}

TEST(Printable, APartOfALineStaysInIt) {
  EXPECT_EQ(printable_line("a\nb\n \x1b"), "a\\x0ab\\x0a \\x1b");
}

TEST(Printable, ControlCharactersAreEscapedAndLineBreaksAreNot) {
  EXPECT_EQ(printable("a\nb \x1b[31m \x7f\t"), "a\nb \\x1b[31m \\x7f\\x09");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m \xc3\xa9 \xc2\xa0 \xc2"),
            "\\x9b"
            "31m \xc3\xa9 \xc2\xa0 \xc2");
}

}  // namespace
}  // namespace ledger::options
