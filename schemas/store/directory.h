// The view directory: paths, the live generation, locks. No LMDB.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/ids.h"

namespace ledger::store {

enum class Generation : uint32_t {};
constexpr uint32_t raw(Generation generation) { return static_cast<uint32_t>(generation); }

class ViewDirectory {
 public:
  // Nothing is touched. Throws: Error{kUnavailable} when `root` lies on a network file system (by
  // statfs), where LMDB's locks do not work.
  explicit ViewDirectory(std::filesystem::path root);

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path log(Partition partition) const;                           // log/P
  std::filesystem::path shard(Generation generation, Partition partition) const;  // gen-N/P
  std::filesystem::path generation(Generation generation) const;
  std::filesystem::path run_json() const;
  std::filesystem::path writer_lock() const;  // who applies to the live generation
  std::filesystem::path build_lock() const;   // who builds another one
  std::filesystem::path handover() const;     // there while a rebuild asks for writer.lock

  // The live generation; nullopt when there is none yet. Throws: Error{kIntegrity} when `current`
  // names no generation.
  std::optional<Generation> current() const;
  std::vector<Generation> generations() const;                     // ascending
  std::vector<Partition> partitions(Generation generation) const;  // ascending
  std::vector<Partition> log_partitions() const;                   // ascending

  // Creates the directory and everything that a first start needs, fsynced. Throws:
  // Error{kUnavailable, kFull}.
  void create() const;
  // Publishes: fsyncs the generation and its parent, renames a fresh symlink over `current`, fsyncs
  // the parent.
  void publish(Generation generation) const;
  void remove_generation(Generation generation) const;
  // Asks the holder of writer.lock to let go. Precondition: the caller holds build.lock.
  // Throws: Error{kUnavailable, kFull}.
  void ask_for_handover() const;
  void remove_handover() const;  // also when there is none

 private:
  std::filesystem::path root_;
};

// An exclusive flock on a file of the view directory, held for the object's life; the file names
// the holder's pid.
class FileLock {
 public:
  // Throws: Error{kUnavailable} naming the holder when somebody else has it.
  FileLock(const std::filesystem::path& path, std::string_view purpose);
  // Returns: nullptr when somebody else has it. Throws: Error{kUnavailable, kFull}.
  static std::unique_ptr<FileLock> try_take(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

void fsync_path(const std::filesystem::path&
                    path);  // a file or a directory; Throws: Error{kUnavailable, kFull}

}  // namespace ledger::store
