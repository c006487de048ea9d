// A small disk to fill up.
#pragma once

#include <cstddef>
#include <filesystem>

namespace ledger::test {

// Mounts a tmpfs, seen by this process and its later children only. Where neither root nor user
// namespaces may do that, files of this process and its later children may not grow instead.
// Precondition, unless root: this process has no threads.
class SmallDisk {
 public:
  enum class Kind { kDisk, kFileSize };  // kFileSize: never mounts

  explicit SmallDisk(std::filesystem::path path, Kind kind = Kind::kDisk);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // From now on `bytes` more fit; where nothing is mounted, a quarter of them in each file.
  void leave(size_t bytes) const;
  bool mounted() const { return mounted_; }

 private:
  size_t used() const;

  std::filesystem::path path_;
  bool mounted_;
};

// What the files under `folder` take on their disk.
size_t bytes_on_disk(const std::filesystem::path& folder);

}  // namespace ledger::test
