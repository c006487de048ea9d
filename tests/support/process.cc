#include "tests/support/process.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ledger::test {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What a child printed, filled by a thread of its own.
class Stream {
 public:
  void drain(int fd) {
    thread_ = std::thread([this, fd] {
      char bytes[65536];
      for (;;) {
        const ssize_t count = ::read(fd, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        const std::lock_guard lock(mutex_);
        if (count > 0) text_.append(bytes, static_cast<size_t>(count));
        if (count <= 0) ended_ = true;
        changed_.notify_all();
        if (count <= 0) break;
      }
      ::close(fd);
    });
  }
  std::optional<std::string> line(milliseconds bound) {
    std::unique_lock lock(mutex_);
    size_t end = std::string::npos;
    changed_.wait_for(lock, bound, [&] {
      end = text_.find('\n', taken_);
      return end != std::string::npos || ended_;
    });
    if (end == std::string::npos) return std::nullopt;
    std::string line = text_.substr(taken_, end - taken_);
    taken_ = end + 1;
    return line;
  }
  std::string rest() {
    const std::lock_guard lock(mutex_);
    std::string rest = text_.substr(taken_);
    taken_ = text_.size();
    return rest;
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  size_t taken_ = 0;
  bool ended_ = false;
  std::thread thread_;
};

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    throw std::runtime_error(fmt::format("{} is not set; run this test with ctest", name));
  }
  return value;
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  }
  int ends[2] = {-1, -1};
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view inherited = *each;
    const std::string_view name = inherited.substr(0, inherited.find('=') + 1);
    const bool replaced = std::any_of(added.begin(), added.end(), [name](const std::string& other) {
      return other.starts_with(name);
    });
    if (!replaced) all.emplace_back(inherited);
  }
  return all;
}

}  // namespace

std::string program(std::string_view name) {
  return fmt::format("{}/{}", from_environment("LEDGER_BIN_DIR"), name);
}
std::filesystem::path source_dir() { return from_environment("LEDGER_SOURCE_DIR"); }

std::filesystem::path memory_directory() {
  const char* memory = "/dev/shm";
  return ::access(memory, W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

TempDir::TempDir(const std::filesystem::path& parent) {
  std::string name = (parent / "ledger-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed: " + name);
  path_ = name;
}
TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

struct Process::Impl {
  pid_t pid = -1;
  int stdin_fd = -1;
  std::optional<int> code;
  Stream out;
  Stream err;

  // Returns: true once the child has ended; `code` is set then.
  bool reap(int flags) {
    if (code) return true;
    int status = 0;
    if (::waitpid(pid, &status, flags) != pid) return false;
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }
  void close_stdin() {
    if (stdin_fd >= 0) ::close(stdin_fd);
    stdin_fd = -1;
  }
};

Process::Process(const std::vector<std::string>& argv, const StartOptions& options)
    : impl_(std::make_unique<Impl>()) {
  ::signal(SIGPIPE, SIG_IGN);
  const Pipe in;
  const Pipe out;
  const Pipe err;
  int out_fd = out.ends[1];
  if (!options.stdout_file.empty()) {
    out_fd = ::open(options.stdout_file.c_str(),
                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
    if (out_fd < 0) throw std::runtime_error("cannot open " + options.stdout_file);
  }
  const std::vector<char*> arguments = pointers(argv);
  const std::vector<std::string> environment = merged_environment(options.environment);
  const std::vector<char*> variables = pointers(environment);
  impl_->pid = ::fork();
  if (impl_->pid == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(in.ends[0], 0);
    ::dup2(out_fd, 1);
    ::dup2(err.ends[1], 2);
    if (options.folder.empty() || ::chdir(options.folder.c_str()) == 0) {
      ::execvpe(arguments[0], arguments.data(), variables.data());
    }
    ::_exit(127);
  }
  if (impl_->pid < 0) throw std::runtime_error("fork failed");
  ::close(in.ends[0]);
  ::close(out.ends[1]);
  if (out_fd != out.ends[1]) ::close(out_fd);
  ::close(err.ends[1]);
  impl_->stdin_fd = in.ends[1];
  ::fcntl(impl_->stdin_fd, F_SETFL, O_NONBLOCK);
  impl_->out.drain(out.ends[0]);
  impl_->err.drain(err.ends[0]);
}

Process::~Process() {
  if (!impl_) return;
  impl_->close_stdin();
  if (!impl_->reap(WNOHANG)) {
    ::kill(impl_->pid, SIGKILL);
    impl_->reap(0);
  }
  impl_->out.join();
  impl_->err.join();
}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;

pid_t Process::pid() const { return impl_->pid; }

void Process::write(std::string_view text, seconds bound) {
  const auto deadline = Clock::now() + bound;
  while (!text.empty()) {
    const ssize_t count = ::write(impl_->stdin_fd, text.data(), text.size());
    if (count > 0) text.remove_prefix(static_cast<size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) throw std::runtime_error("the child has closed its stdin");
    if (Clock::now() > deadline) throw std::runtime_error("the child does not read its stdin");
    pollfd ready{impl_->stdin_fd, POLLOUT, 0};
    ::poll(&ready, 1, 100);
  }
}

void Process::close_stdin() { impl_->close_stdin(); }
std::optional<std::string> Process::read_line(milliseconds bound) { return impl_->out.line(bound); }
std::optional<std::string> Process::read_error_line(milliseconds bound) {
  return impl_->err.line(bound);
}

bool Process::wait_for_error(std::string_view part, milliseconds bound) {
  const auto deadline = Clock::now() + bound;
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    const auto line = impl_->err.line(std::max(left, milliseconds(0)));
    if (!line) return false;
    if (line->find(part) != std::string::npos) return true;
  }
}

void Process::signal(int number) {
  if (!impl_->reap(WNOHANG)) ::kill(impl_->pid, number);
}

int Process::wait(seconds bound) {
  const auto deadline = Clock::now() + bound;
  while (!impl_->reap(WNOHANG)) {
    if (Clock::now() > deadline) {
      ::kill(impl_->pid, SIGKILL);
      impl_->reap(0);
      throw std::runtime_error(fmt::format("the child did not end within {} s; its stderr: {}",
                                           bound.count(), rest_of_stderr()));
    }
    std::this_thread::sleep_for(milliseconds(2));
  }
  impl_->close_stdin();
  impl_->out.join();
  impl_->err.join();
  return *impl_->code;
}

bool Process::running() { return !impl_->reap(WNOHANG); }
std::string Process::rest_of_stdout() { return impl_->out.rest(); }
std::string Process::rest_of_stderr() { return impl_->err.rest(); }

Finished run(const std::vector<std::string>& argv, std::string_view input,
             const StartOptions& options, seconds bound) {
  Process process(argv, options);
  try {
    process.write(input, bound);
  } catch (const std::runtime_error&) {
    // A program that stops reading early says why with its exit code.
  }
  process.close_stdin();
  Finished finished;
  finished.code = process.wait(bound);
  finished.out = process.rest_of_stdout();
  finished.err = process.rest_of_stderr();
  return finished;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

size_t threads_of(uid_t user) {
  size_t count = 0;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    struct stat info {};
    if (::stat(process.path().c_str(), &info) != 0 || info.st_uid != user) continue;
    std::error_code gone;
    std::filesystem::directory_iterator it(process.path() / "task", gone);
    for (; !gone && it != std::filesystem::directory_iterator(); it.increment(gone)) ++count;
  }
  return count;
}

}  // namespace ledger::test
