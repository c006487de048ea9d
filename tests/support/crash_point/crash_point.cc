// Preloaded into a program: ends or stops it at one exact call, so that a crash test need not be
// lucky. LEDGER_CRASH_AT=CALL:NAME:WHEN:SIGNAL, CALL flock, fsync, rename or remove, NAME the last
// part of the path (of rename: the new one), as a shell's pattern, WHEN before or after (when it
// succeeded).
#include <dlfcn.h>
#include <fnmatch.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void meet(std::string_view call, std::string_view path, std::string_view when) {
  const char* at = std::getenv("LEDGER_CRASH_AT");
  if (at == nullptr) return;
  const std::string_view point(at);
  const size_t signal = point.rfind(':');
  const std::string_view name = path.substr(path.rfind('/') + 1);
  std::string here(call);
  here.append(":").append(name).append(":").append(when);
  const std::string pattern(point.substr(0, signal));
  if (fnmatch(pattern.c_str(), here.c_str(), 0) != 0) return;
  kill(getpid(), std::atoi(at + signal + 1));
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string path_of(int fd) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = readlink(link.c_str(), path.data(), path.size());
  return {path.data(), size > 0 ? static_cast<size_t>(size) : 0};
}

}  // namespace

extern "C" {

int flock(int fd, int operation) noexcept {
  static auto* const real = next<int(int, int)>("flock");
  const std::string path = path_of(fd);
  meet("flock", path, "before");
  const int result = real(fd, operation);
  if (result == 0) meet("flock", path, "after");
  return result;
}

int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  const std::string path = path_of(fd);
  meet("fsync", path, "before");
  const int result = real(fd);
  if (result == 0) meet("fsync", path, "after");
  return result;
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("rename");
  meet("rename", to, "before");
  const int result = real(from, to);
  if (result == 0) meet("rename", to, "after");
  return result;
}

int remove(const char* path) noexcept {
  static auto* const real = next<int(const char*)>("remove");
  meet("remove", path, "before");
  const int result = real(path);
  if (result == 0) meet("remove", path, "after");
  return result;
}

}  // extern "C"
