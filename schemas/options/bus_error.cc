// Everything below a signal handler: no memory is taken, nothing is locked.
#include "schemas/options/bus_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <string_view>

#include "schemas/base/error.h"

namespace ledger::options {

namespace {

constexpr size_t kLineMax = 4608;  // of /proc/self/maps: 73 bytes and a path
constexpr std::string_view kWhat = " is cut short or cannot be read (SIGBUS); ";
constexpr std::string_view kOfAShard = "make the views anew: ledger-projector rebuild\n";
constexpr std::string_view kOfAKeptLog =
    "restore log/ from a copy, or fold the topic into another directory: ledger-projector run "
    "--views NEW_DIR\n";
constexpr std::string_view kUnknown =
    "make the views anew: ledger-projector rebuild; where that refuses, restore log/ from a copy\n";

// Lines of a file, in a buffer of their own.
class Lines {
 public:
  explicit Lines(const char* path) : fd_(open(path, O_RDONLY | O_CLOEXEC)) {}
  ~Lines() { close(fd_); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  // Returns: false at the end. Lifetime of `line`: until the next call.
  bool next(std::string_view& line) {
    size_t size = 0;
    for (char byte = 0; take(byte) && byte != '\n';) {
      if (size < line_.size()) line_[size++] = byte;
    }
    line = {line_.data(), size};
    return size > 0;
  }

 private:
  bool take(char& byte) {
    if (used_ == filled_) {
      filled_ = read(fd_, chunk_.data(), chunk_.size());
      used_ = 0;
    }
    if (filled_ <= 0) return false;
    byte = chunk_[static_cast<size_t>(used_++)];
    return true;
  }

  int fd_;
  std::array<char, 1024> chunk_{};
  ssize_t used_ = 0;
  ssize_t filled_ = 0;
  std::array<char, kLineMax> line_{};
};

// A number in hexadecimal; takes it and the byte behind it off `text`.
uintptr_t take_number(std::string_view& text) {
  uintptr_t number = 0;
  while (!text.empty()) {
    const char digit = text.front();
    text.remove_prefix(1);
    if (digit >= '0' && digit <= '9') {
      number = number * 16 + static_cast<uintptr_t>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      number = number * 16 + static_cast<uintptr_t>(digit - 'a' + 10);
    } else {
      break;
    }
  }
  return number;
}

// The file that is mapped at `address`, from a line `start-end ... path`; "" when it is not there.
std::string_view path_in(std::string_view line, uintptr_t address) {
  std::string_view rest = line;
  const uintptr_t start = take_number(rest);
  const uintptr_t limit = take_number(rest);
  const size_t path = rest.find('/');
  if (address < start || address >= limit || path == std::string_view::npos) return {};
  return rest.substr(path);
}

// Does LMDB map it? A file that was removed meanwhile has a note behind its name.
bool is_of_views(std::string_view path) {
  constexpr std::string_view kRemoved = " (deleted)";
  if (path.ends_with(kRemoved)) path.remove_suffix(kRemoved.size());
  return path.ends_with("/data.mdb") || path.ends_with("/lock.mdb");
}

// What DIR/log/P/data.mdb and DIR/gen-N/P/data.mdb are.
std::string_view remedy_of(std::string_view path) {
  for (int level = 0; level < 2; ++level) {
    const size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return kUnknown;
    path = path.substr(0, slash);
  }
  const std::string_view folder = path.substr(path.rfind('/') + 1);
  if (folder == "log") return kOfAKeptLog;
  return folder.starts_with("gen-") ? kOfAShard : kUnknown;
}

void say(std::string_view text) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

void end_on_bus_error(int, siginfo_t* info, void*) {
  if (info->si_code <= 0) {  // it was sent, so no access is repeated that would end the program
    std::signal(SIGBUS, SIG_DFL);
    raise(SIGBUS);
    return;
  }
  Lines lines("/proc/self/maps");
  std::string_view path;
  for (std::string_view line; path.empty() && lines.next(line);) {
    path = path_in(line, reinterpret_cast<uintptr_t>(info->si_addr));
  }
  if (!is_of_views(path)) {  // a bug: the access is repeated, and ends the program as such
    std::signal(SIGBUS, SIG_DFL);
    return;
  }
  say(path);
  say(kWhat);
  say(remedy_of(path));
  _exit(exit_code(Fault::kIntegrity));
}

}  // namespace

void explain_bus_errors() {
  struct sigaction action {};
  action.sa_sigaction = end_on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace ledger::options
