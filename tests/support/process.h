// Starts the real programs: feeds stdin, reads lines, waits with a bound, ends them by pid.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace ledger::test {

using std::chrono::seconds;

inline constexpr seconds kBound{60};  // after which a step counts as hanging

std::string program(std::string_view name);  // a built program, from LEDGER_BIN_DIR
std::filesystem::path source_dir();          // from LEDGER_SOURCE_DIR

// /dev/shm where it can be written to, else the usual place of temporary files: for tests that
// commit thousands of times, and ask nothing about power cuts.
std::filesystem::path memory_directory();

// A directory of its own in `parent`, removed with the object.
class TempDir {
 public:
  explicit TempDir(const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct StartOptions {
  std::vector<std::string> environment = {};  // NAME=VALUE, on top of this process's
  std::filesystem::path folder = {};          // working directory; empty = this process's
  std::string stdout_file = {};               // instead of a pipe to here
};

// A running child with pipes; stdout and stderr are drained at all times, so it never blocks on us.
// Lifetime: a child that still runs is killed with the object.
class Process {
 public:
  explicit Process(const std::vector<std::string>& argv, const StartOptions& options = {});
  ~Process();
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;

  pid_t pid() const;
  // Throws: std::runtime_error when the child does not take it within `bound`, or has closed stdin.
  void write(std::string_view text, seconds bound = kBound);
  void close_stdin();
  // The next line of stdout or stderr without its '\n'. Returns: nullopt at the end or after
  // `bound`.
  std::optional<std::string> read_line(std::chrono::milliseconds bound = kBound);
  std::optional<std::string> read_error_line(std::chrono::milliseconds bound = kBound);
  // Skips lines of stderr until one holds `part`. Returns: false at the end or after `bound`.
  bool wait_for_error(std::string_view part, std::chrono::milliseconds bound = kBound);
  void signal(int number);
  // The exit code, or 128 + the signal that ended it.
  // Throws: std::runtime_error when it still runs after `bound` (and kills it).
  int wait(seconds bound = kBound);
  bool running();
  // What read_line and read_error_line have not taken yet; complete after wait().
  std::string rest_of_stdout();
  std::string rest_of_stderr();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct Finished {
  int code = 0;
  std::string out;
  std::string err;
};

// Runs a program to its end.
Finished run(const std::vector<std::string>& argv, std::string_view input = {},
             const StartOptions& options = {}, seconds bound = kBound);

std::vector<std::string> lines_of(std::string_view text);

// What counts against a user's RLIMIT_NPROC.
size_t threads_of(uid_t user);

}  // namespace ledger::test
