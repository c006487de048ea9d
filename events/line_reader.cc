#include "events/line_reader.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schemas/base/error.h"

namespace ledger::events {

namespace {
constexpr size_t kReadBytes = size_t{256} * 1024;
}

LineReader::~LineReader() { ::close(fd_); }

std::optional<Line> LineReader::next() {
  const size_t end = buffer_.find('\n', searched_);
  const bool last = end == std::string::npos;
  const std::string_view text =
      std::string_view(buffer_).substr(taken_, last ? std::string::npos : end - taken_);
  const bool too_long = skipping_ || text.size() > event::kLineBytesMax;
  if (last && !closed_) {
    searched_ = buffer_.size();
    if (too_long) {  // what comes until '\n' is not kept
      skipping_ = true;
      taken_ = buffer_.size();
    }
    return std::nullopt;
  }
  if (last) {
    ended_ = true;
    if (text.empty() && !skipping_) return std::nullopt;
  }
  taken_ = last ? buffer_.size() : end + 1;
  searched_ = taken_;
  skipping_ = false;
  return Line{++number_, too_long ? std::string_view() : text, too_long};
}

void LineReader::fill() {
  buffer_.erase(0, taken_);
  searched_ -= taken_;
  taken_ = 0;
  const size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  const ssize_t count = ::read(fd_, buffer_.data() + before, kReadBytes);
  buffer_.resize(before + static_cast<size_t>(count > 0 ? count : 0));
  if (count == 0) closed_ = true;
  if (count < 0 && errno != EINTR && errno != EAGAIN) {
    throw Error(Fault::kUnavailable, fmt::format("input: cannot read after line {} ({})", number_,
                                                 std::strerror(errno)));
  }
}

std::variant<event::Event, event::LineError> parse(event::LineParser& parser, const Line& line,
                                                   double now_ms) {
  if (line.too_long) return event::LineError{"", "is over 4 MiB"};
  return parser.parse(line.text, now_ms);
}

int open_input(const std::string& file) {
  const int fd =
      file == "-" ? ::fcntl(0, F_DUPFD_CLOEXEC, 3) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    if (fd >= 0) ::close(fd);
    throw Error(Fault::kUsage, fmt::format("input: cannot read {} ({}); give a FILE or - for stdin",
                                           file, fd < 0 ? std::strerror(errno) : "a directory"));
  }
  return fd;
}

}  // namespace ledger::events
