// Lines of a file descriptor, without ever blocking for more than what is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "schemas/event/json.h"

namespace ledger::events {

// A line or what is wrong with it.
struct Line {
  uint64_t number = 0;  // from 1
  std::string_view text;
  bool too_long = false;  // over event::kLineBytesMax; text is empty
};

// Lifetime: a Line's text lives until the next call.
class LineReader {
 public:
  // Takes over `fd`.
  explicit LineReader(int fd) : fd_(fd) {}
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  int fd() const { return fd_; }
  // The next complete line of what was read; at the end of the input also a last line without '\n'.
  std::optional<Line> next();
  // Reads once. Precondition: next() returned nullopt and poll(2) says that fd() is readable.
  // Throws: Error{kUnavailable} on a read error.
  void fill();
  bool ended() const { return ended_; }  // no more input, and next() has given all of it

 private:
  int fd_;
  std::string buffer_;
  size_t taken_ = 0;     // of buffer_
  size_t searched_ = 0;  // up to here buffer_ holds no further '\n'
  uint64_t number_ = 0;
  bool skipping_ = false;  // the rest of a line that is too long
  bool closed_ = false;
  bool ended_ = false;
};

// The event of a line, or what is wrong with it; see event::LineParser::parse().
std::variant<event::Event, event::LineError> parse(event::LineParser& parser, const Line& line,
                                                   double now_ms);

// Opens FILE; "-" is stdin. Throws: Error{kUsage} when it cannot be read.
int open_input(const std::string& file);

}  // namespace ledger::events
