// What a Format writes, as text: through a file, because formats write to descriptors.
#pragma once

#include <array>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "query/output/format.h"

namespace ledger::query::test {

class Capture {
 public:
  Capture() : fd_(memfd_create("output", 0)), out_(fd_) { EXPECT_GE(fd_, 0); }
  ~Capture() { close(fd_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  options::Output& out() { return out_; }
  std::string text() {
    out_.flush();
    std::string text;
    std::array<char, 4096> buffer{};
    lseek(fd_, 0, SEEK_SET);
    for (ssize_t size = 0; (size = read(fd_, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<size_t>(size));
    }
    return text;
  }

 private:
  int fd_;
  options::Output out_;
};

}  // namespace ledger::query::test
