#include "tests/support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string>

namespace ledger::test {

namespace fs = std::filesystem;

namespace {

constexpr size_t kPageBytes = 4096;  // tmpfs takes a size of 0 for no limit
constexpr size_t kFilesAtATime = 4;  // that grow together: kept logs and views of two partitions

// Who is not root may mount in a namespace of its own users, of which it is the only one.
bool enter_user_namespace() {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << uid << " " << uid << " 1";
  std::ofstream("/proc/self/gid_map") << gid << " " << gid << " 1";
  return true;
}

bool mount_at(const fs::path& path) {
  if (unshare(CLONE_NEWNS) != 0 && !enter_user_namespace()) return false;
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return mount("tmpfs", path.c_str(), "tmpfs", 0, nullptr) == 0;
}

void limit_file_size(rlim_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error("setrlimit failed");
}

template <typename Visit>
void for_each_file(const fs::path& folder, Visit visit) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    struct stat info {};
    if (entry.is_regular_file() && stat(entry.path().c_str(), &info) == 0) visit(info);
  }
}

size_t longest_file(const fs::path& folder) {
  size_t longest = 0;
  for_each_file(folder, [&](const struct stat& info) {
    longest = std::max(longest, static_cast<size_t>(info.st_size));
  });
  return longest;
}

}  // namespace

SmallDisk::SmallDisk(fs::path path, Kind kind)
    : path_(std::move(path)), mounted_(kind == Kind::kDisk && mount_at(path_)) {
  if (!mounted_) std::signal(SIGXFSZ, SIG_IGN);
}

SmallDisk::~SmallDisk() {
  if (mounted_) {
    umount2(path_.c_str(), MNT_DETACH);
  } else {
    limit_file_size(RLIM_INFINITY);
  }
}

size_t SmallDisk::used() const {
  struct statvfs space {};
  if (statvfs(path_.c_str(), &space) != 0) throw std::runtime_error("statvfs failed");
  return (space.f_blocks - space.f_bfree) * space.f_frsize;
}

void SmallDisk::leave(size_t bytes) const {
  if (!mounted_) {
    limit_file_size(longest_file(path_) + bytes / kFilesAtATime);
    return;
  }
  const std::string size = "size=" + std::to_string(std::max(used() + bytes, kPageBytes));
  if (mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, size.c_str()) != 0) {
    throw std::runtime_error("cannot resize the disk at " + path_.string());
  }
}

size_t bytes_on_disk(const fs::path& folder) {
  size_t sum = 0;
  for_each_file(folder,
                [&](const struct stat& info) { sum += static_cast<size_t>(info.st_blocks) * 512; });
  return sum;
}

}  // namespace ledger::test
