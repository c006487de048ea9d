#include "schemas/options/output.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schemas/base/error.h"

namespace ledger::options {

void say(std::string_view lines) {
  if (isatty(2) == 1 && isatty(1) == 0) std::fputs("\r\033[K", stderr);  // see Progress
  std::fwrite(lines.data(), 1, lines.size(), stderr);
}

namespace {
constexpr size_t kFlushBytes = size_t{64} * 1024;
constexpr int kPatienceMs = 50;  // a reader that is slower than this counts as blocking
// Files, and devices such as /dev/null.
bool never_waits(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return false;
  return S_ISREG(info.st_mode) || (S_ISCHR(info.st_mode) && isatty(fd) == 0);
}

// After poll(2) a pipe takes PIPE_BUF bytes; all of its size when the reader has emptied it.
size_t pipe_room(int fd) {
  int unread = 0;
  if (ioctl(fd, FIONREAD, &unread) != 0 || unread != 0) return PIPE_BUF;
  const int size = fcntl(fd, F_GETPIPE_SZ);
  return size > 0 ? static_cast<size_t>(size) : PIPE_BUF;
}

// What the reader took leaves the buffer however flush() ends: nothing is written twice.
struct Taken {
  std::string& buffer;
  size_t count = 0;
  ~Taken() { buffer.erase(0, count); }
};

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const auto following = i + 1 < text.size() ? static_cast<uint8_t>(text[i + 1]) : uint8_t{0xFF};
    if (byte == 0xC2 && following < 0xA0) {  // U+0080..U+009F
      out += fmt::format("\\x{:02x}", following);
      ++i;
    } else if (byte != '\n' && (byte < 0x20 || byte == 0x7F)) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string printable_line(std::string_view text) {
  std::string out = printable(text);
  for (size_t at = out.find('\n'); at != std::string::npos; at = out.find('\n', at)) {
    out.replace(at, 1, "\\x0a");
  }
  return out;
}

void Output::write(std::string_view text) {
  buffer_.append(text);
  flush_if_large();
}

void Output::flush_if_large() {
  if (buffer_.size() >= kFlushBytes) flush();
}

void Output::flush() {
  Taken taken{buffer_};
  while (taken.count < buffer_.size()) {
    const std::string_view rest = std::string_view(buffer_).substr(taken.count);
    const ssize_t written = ::write(fd_, rest.data(), std::min(rest.size(), bytes_now()));
    if (written >= 0) {
      taken.count += static_cast<size_t>(written);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EPIPE) throw OutputClosed();
    const Fault fault = means_full(errno) ? Fault::kFull : Fault::kUnavailable;
    throw Error(fault, fmt::format("stdout: cannot write {} bytes ({}); free space or redirect "
                                   "elsewhere",
                                   rest.size(), std::strerror(errno)));
  }
}

// How much the next write may be so that it does not wait.
size_t Output::bytes_now() {
  if (!before_block_ || never_waits(fd_)) return SIZE_MAX;
  pollfd ready{fd_, POLLOUT, 0};
  if (poll(&ready, 1, kPatienceMs) == 0) {
    before_block_();
    poll(&ready, 1, -1);
  }
  return pipe_room(fd_);
}

}  // namespace ledger::options
