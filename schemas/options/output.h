// stdout as data: buffered, every write error noticed.
#pragma once

#include <string>
#include <string_view>

namespace ledger::options {

// The reader of stdout went away (EPIPE). run_main() ends the program quietly.
struct OutputClosed {};

// Buffers text for a file descriptor.
// Why: std::cout loses write errors, and a result that was not delivered must not end in exit 0.
// Lifetime: what is not flushed is lost with the object; call flush() at the end.
class Output {
 public:
  explicit Output(int fd = 1) : fd_(fd) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Throws: OutputClosed; Error{kFull} on a full disk, Error{kUnavailable} on other write errors.
  void write(std::string_view text);
  void flush();
  // Lets a caller build text in place: append to it, then call flush_if_large().
  std::string& buffer() { return buffer_; }
  void flush_if_large();

 private:
  int fd_;
  std::string buffer_;
};

}  // namespace ledger::options
