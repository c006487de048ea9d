// stdout as data: buffered, every write error noticed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace ledger::options {

// Text for stderr: control characters other than line breaks are escaped (\x1b), so that no data
// can steer the terminal.
std::string printable(std::string_view text);
// Line breaks too: for a text that is a part of a line.
std::string printable_line(std::string_view text);

// Whole lines for stderr, over a line of progress that stands there. One that cannot be written is
// lost: nothing that the program does depends on who reads it.
void say(std::string_view lines);

// The reader of stdout went away (EPIPE). run_main() ends the program quietly.
struct OutputClosed {};

// Buffers text for a file descriptor.
// Why: std::cout loses write errors, and a result that was not delivered must not end in exit 0.
// Lifetime: what is not flushed is lost with the object; call flush() at the end.
class Output {
 public:
  // `before_block`: called each time before a write would wait for the reader of a pipe or
  // terminal, so that the caller lets go of what it must not hold meanwhile.
  explicit Output(int fd = 1, std::function<void()> before_block = {})
      : fd_(fd), before_block_(std::move(before_block)) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Throws: OutputClosed; Error{kFull} on a full disk, Error{kUnavailable} on other write errors;
  // what before_block throws. What was not written by then stays for the next flush().
  void write(std::string_view text);
  void flush();
  // Lets a caller build text in place: append to it, then call flush_if_large().
  std::string& buffer() { return buffer_; }
  void flush_if_large();

 private:
  size_t bytes_now();

  int fd_;
  std::function<void()> before_block_;
  std::string buffer_;
};

}  // namespace ledger::options
