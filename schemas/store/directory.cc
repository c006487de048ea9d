#include "schemas/store/directory.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kGenerationPrefix = "gen-";
constexpr long kCifsMagic = 0xFF534D42;
constexpr long kSmb2Magic = 0xFE534D42;

[[noreturn]] void throw_errno(int code, std::string_view what, const fs::path& path) {
  const bool full = means_full(code);
  throw Error(
      full ? Fault::kFull : Fault::kUnavailable,
      fmt::format("cannot {}: {} ({}); {}", what, path.string(), std::strerror(code),
                  full ? "free disk space and start again" : "check the path and its permissions"));
}

bool parse_number(std::string_view text, uint32_t& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size() && text == std::to_string(out);
}

std::optional<Generation> generation_from(std::string_view name) {
  uint32_t number = 0;
  if (!name.starts_with(kGenerationPrefix)) return std::nullopt;
  if (!parse_number(name.substr(kGenerationPrefix.size()), number)) return std::nullopt;
  return Generation{number};
}

// LMDB's locks and its mmap do not work across hosts.
void refuse_network_file_system(const fs::path& root) {
  fs::path existing = fs::absolute(root);
  std::error_code ignored;
  while (!fs::exists(existing, ignored) && existing.has_relative_path())
    existing = existing.parent_path();
  struct statfs info {};
  if (statfs(existing.c_str(), &info) != 0) return;  // the first use of the path will say why
  constexpr std::array<long, 6> kNetwork = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, kCifsMagic,
                                            kSmb2Magic,      AFS_SUPER_MAGIC, CODA_SUPER_MAGIC};
  if (std::find(kNetwork.begin(), kNetwork.end(), static_cast<long>(info.f_type)) !=
      kNetwork.end()) {
    throw Error(Fault::kUnavailable,
                fmt::format("--views {} lies on a network file system, where LMDB's locks do "
                            "not work; use a local disk",
                            root.string()));
  }
}

// What `current` points at; nullopt when it is not there.
std::optional<std::string> read_current(const fs::path& link) {
  std::error_code error;
  const fs::path target = fs::read_symlink(link, error);
  if (!error) return target.string();
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  if (error != std::errc::invalid_argument) throw_errno(error.value(), "read", link);
  throw Error(Fault::kIntegrity,
              fmt::format("{} is not a symlink to a generation; point it at one of the gen-N "
                          "folders beside it",
                          link.string()));
}

template <typename Number>
std::vector<Number> numbered_folders(const fs::path& path) {
  std::vector<Number> found;
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    uint32_t number = 0;
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (parse_number(name, number) && it->is_directory(ignored)) {
      found.push_back(static_cast<Number>(number));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Returns: -1 when somebody else has it.
int lock_file(const fs::path& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0664);
  if (fd < 0) throw_errno(errno, "open the lock", path);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    close(fd);
    if (code != EWOULDBLOCK) throw_errno(code, "take the lock", path);
    return -1;
  }
  const std::string pid = std::to_string(getpid());
  // The pid is for people; the lock itself is the flock.
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    const int code = errno;
    close(fd);
    throw_errno(code, "write the lock", path);
  }
  return fd;
}

std::string holder_of(const fs::path& lock) {
  std::string pid;
  std::ifstream(lock) >> pid;
  return pid.empty() ? "?" : pid;
}

}  // namespace

ViewDirectory::ViewDirectory(fs::path root) : root_(std::move(root)) {
  refuse_network_file_system(root_);
}

fs::path ViewDirectory::log(Partition partition) const {
  return root_ / "log" / std::to_string(raw(partition));
}

fs::path ViewDirectory::generation(Generation generation) const {
  return root_ / fmt::format("{}{}", kGenerationPrefix, raw(generation));
}

fs::path ViewDirectory::shard(Generation generation, Partition partition) const {
  return this->generation(generation) / std::to_string(raw(partition));
}

fs::path ViewDirectory::run_json() const { return root_ / "run.json"; }
fs::path ViewDirectory::writer_lock() const { return root_ / "writer.lock"; }
fs::path ViewDirectory::build_lock() const { return root_ / "build.lock"; }
fs::path ViewDirectory::handover() const { return root_ / "handover"; }

std::optional<Generation> ViewDirectory::current() const {
  const fs::path link = root_ / "current";
  std::optional<std::string> target = read_current(link);
  while (target) {
    const auto generation = generation_from(*target);
    std::error_code ignored;
    if (generation && fs::is_directory(this->generation(*generation), ignored)) return generation;
    std::optional<std::string> again = read_current(link);  // another may just have been published
    if (again == target) {
      throw Error(Fault::kIntegrity,
                  fmt::format("{} points at '{}', which is no generation; point it at one of the "
                              "gen-N folders beside it",
                              link.string(), *target));
    }
    target = std::move(again);
  }
  return std::nullopt;
}

std::vector<Generation> ViewDirectory::generations() const {
  std::vector<Generation> found;
  std::error_code error;
  for (fs::directory_iterator it(root_, error), end; !error && it != end; it.increment(error)) {
    const auto generation = generation_from(it->path().filename().string());
    std::error_code ignored;
    if (generation && it->is_directory(ignored)) found.push_back(*generation);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Partition> ViewDirectory::partitions(Generation generation) const {
  return numbered_folders<Partition>(this->generation(generation));
}

std::vector<Partition> ViewDirectory::log_partitions() const {
  return numbered_folders<Partition>(root_ / "log");
}

void ViewDirectory::create() const {
  std::error_code error;
  const fs::path log = fs::absolute(root_ / "log");
  std::vector<fs::path> changed = {log, log.parent_path(), log.parent_path().parent_path()};
  while (!fs::exists(changed.back(), error) && changed.back().has_relative_path()) {
    changed.push_back(changed.back().parent_path());
  }
  fs::create_directories(log, error);
  if (error) throw_errno(error.value(), "create the view directory", root_);
  for (const fs::path& path : changed) {
    if (access(path.c_str(), R_OK) == 0) fsync_path(path);  // folders above may be closed to us
  }
}

void ViewDirectory::publish(Generation generation) const {
  const fs::path folder = this->generation(generation);
  for (const Partition partition : partitions(generation)) {
    fsync_path(shard(generation, partition) / "data.mdb");
    fsync_path(shard(generation, partition));
  }
  fsync_path(folder);
  fsync_path(root_);
  const fs::path fresh = root_ / "current.new";
  unlink(fresh.c_str());
  if (symlink(folder.filename().c_str(), fresh.c_str()) != 0) throw_errno(errno, "publish", fresh);
  if (rename(fresh.c_str(), (root_ / "current").c_str()) != 0)
    throw_errno(errno, "publish", root_ / "current");
  fsync_path(root_);
}

void ViewDirectory::remove_generation(Generation generation) const {
  std::error_code error;
  fs::remove_all(this->generation(generation), error);
  if (error) throw_errno(error.value(), "remove the generation", this->generation(generation));
  fsync_path(root_);
}

void ViewDirectory::ask_for_handover() const {
  const fs::path path = handover();
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0664);
  if (fd < 0) throw_errno(errno, "write", path);
  close(fd);
}

void ViewDirectory::remove_handover() const {
  if (unlink(handover().c_str()) != 0 && errno != ENOENT) throw_errno(errno, "remove", handover());
}

FileLock::FileLock(const fs::path& path, std::string_view purpose) : fd_(lock_file(path)) {
  if (fd_ >= 0) return;
  throw Error(Fault::kUnavailable,
              fmt::format("{}: {} is held by process {}; stop it or wait until it ends", purpose,
                          path.string(), holder_of(path)));
}

std::unique_ptr<FileLock> FileLock::try_take(const fs::path& path) {
  const int fd = lock_file(path);
  return fd < 0 ? nullptr : std::unique_ptr<FileLock>(new FileLock(fd));
}

FileLock::~FileLock() { close(fd_); }

void fsync_path(const fs::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw_errno(errno, "open", path);
  const int code = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  if (code != 0) throw_errno(code, "make durable", path);
}

}  // namespace ledger::store
