#include "tests/support/terminal.h"

#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ledger::test {

namespace {

// Both ends of a terminal of our own.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : main_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    char name[64];
    const bool made = main_ >= 0 && ::grantpt(main_) == 0 && ::unlockpt(main_) == 0 &&
                      ::ptsname_r(main_, name, sizeof name) == 0;
    if (!made) throw std::runtime_error("no terminal to test on");
    name_ = name;
    other_ = ::open(name, O_RDWR | O_NOCTTY);
    winsize size{};
    size.ws_col = columns;
    size.ws_row = 24;
    ::ioctl(main_, TIOCSWINSZ, &size);
    reader_ = std::thread([this] { read_all(); });
  }
  ~Terminal() { end(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  const std::string& name() const { return name_; }

  // What was written; the program has ended.
  std::string end() {
    if (other_ >= 0) ::close(other_);  // the last one: the reader sees the end
    other_ = -1;
    if (reader_.joinable()) reader_.join();
    if (main_ >= 0) ::close(main_);
    main_ = -1;
    return text_;
  }

 private:
  void read_all() {
    char bytes[4096];
    for (;;) {
      const ssize_t count = ::read(main_, bytes, sizeof bytes);
      if (count <= 0) return;
      for (ssize_t i = 0; i < count; ++i) {
        const bool line_end = bytes[i] == '\n' && text_.ends_with('\r');
        if (line_end) text_.pop_back();
        text_.push_back(bytes[i]);
      }
    }
  }

  int main_ = -1;
  int other_ = -1;
  std::string name_;
  std::string text_;
  std::thread reader_;
};

}  // namespace

Finished run_on_terminal(const std::vector<std::string>& argv, unsigned short columns,
                         StartOptions options) {
  Terminal terminal(columns);
  options.stdout_file = terminal.name();
  Finished finished = run(argv, {}, options);
  finished.out = terminal.end();
  return finished;
}

}  // namespace ledger::test
