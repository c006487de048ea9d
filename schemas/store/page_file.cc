// PageFile: pages into the file.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/pages_internal.h"

namespace ledger::store {

namespace {

constexpr uint32_t kMagic = 0xbeefc0de;
constexpr uint32_t kDataVersion = 1;
constexpr uint16_t kOverflow = 4;  // kinds of pages
constexpr uint16_t kMeta = 8;
constexpr uint64_t kMetaPages = 2;
constexpr uint64_t kFirstTransaction = 1;  // its meta page has the same number
constexpr size_t kPageBytesMin = 4096;     // a branch has room for seven of the longest keys
constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr uint64_t kWritebackBytes = uint64_t{8} << 20;

// Returns: the size of its map. It is closed again, for what follows is written without LMDB.
uint64_t make_environment(const std::filesystem::path& path) {
  MDB_envinfo made{};
  mdb_env_info(Environment::open(path, Access::kWriteNoSync)->get(), &made);
  return made.me_mapsize;
}

int open_data(const std::filesystem::path& environment) {
  const int fd = open((environment / "data.mdb").c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) check_lmdb(errno, "open", environment);
  return fd;
}

MetaPage read_meta(int fd, uint64_t at, const std::filesystem::path& path) {
  MetaPage meta;
  const ssize_t bytes = pread(fd, &meta, sizeof meta, static_cast<off_t>(at));
  if (bytes != sizeof meta) check_lmdb(bytes < 0 ? errno : MDB_INVALID, "read", path);
  return meta;
}

// Whether LMDB wrote what it writes into an empty environment, in the format that is known here.
bool is_empty(const MetaPage& meta, PageNumber number, uint64_t map_bytes) {
  const TreeRecord& unused = meta.free_list;
  return meta.header.number == number && meta.header.kind == kMeta && meta.magic == kMagic &&
         meta.version == kDataVersion && meta.map_bytes == map_bytes &&
         std::has_single_bit(unused.page_bytes) && unused.page_bytes >= kPageBytesMin &&
         unused.page_bytes <= kBufferBytes && unused.root == kNoPage && unused.entries == 0 &&
         meta.databases.root == kNoPage && meta.databases.entries == 0 &&
         meta.last == PageNumber{kMetaPages - 1} && meta.transaction == 0;
}

}  // namespace

PageFile::Descriptor::~Descriptor() { close(fd); }

PageFile::PageFile(std::filesystem::path environment) : path_(std::move(environment)) {
  const uint64_t map_bytes = make_environment(path_);
  file_.fd = open_data(path_);
  meta_ = read_meta(file_.fd, 0, path_);
  if (!is_empty(meta_, PageNumber{0}, map_bytes) ||
      !is_empty(read_meta(file_.fd, page_bytes(), path_), PageNumber{1}, map_bytes)) {
    throw Error(
        Fault::kIncompatible,
        fmt::format("cannot fill {}: not the empty file of LMDB 0.9 that is known here, but "
                    "that of {}; build with LMDB 0.9.24, into an empty folder",
                    path_.string(), mdb_version(nullptr, nullptr, nullptr)));
  }
  written_ = kMetaPages * page_bytes();
  told_ = written_;
  buffer_.reserve(kBufferBytes);
}

PageNumber PageFile::add(std::string& page) {
  const PageNumber number = next();
  std::memcpy(page.data() + offsetof(PageHeader, number), &number, sizeof number);
  put(page);
  return number;
}

PageNumber PageFile::add_overflow(std::string_view value, uint64_t& pages) {
  const PageNumber number = next();
  const size_t bytes = sizeof(PageHeader) + value.size();
  const auto count = static_cast<uint32_t>((bytes + page_bytes() - 1) / page_bytes());
  PageHeader header{number, 0, kOverflow, 0, 0};
  header.lower = static_cast<uint16_t>(count);
  header.upper = static_cast<uint16_t>(count >> 16);
  put({reinterpret_cast<const char*>(&header), sizeof header});
  put(value);
  put(std::string(count * page_bytes() - bytes, '\0'));
  pages += count;
  return number;
}

void PageFile::finish(const TreeRecord& databases) {
  flush();
  meta_.header.number = PageNumber{kFirstTransaction};
  meta_.databases = databases;
  meta_.last = PageNumber{static_cast<uint64_t>(next()) - 1};
  meta_.transaction = kFirstTransaction;
  write({reinterpret_cast<const char*>(&meta_), sizeof meta_}, kFirstTransaction * page_bytes());
}

PageNumber PageFile::next() const { return PageNumber{(written_ + buffer_.size()) / page_bytes()}; }

void PageFile::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t count = std::min(bytes.size(), kBufferBytes - buffer_.size());
    buffer_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (buffer_.size() == kBufferBytes) flush();
  }
}

// What the kernel is told is an advice: a sync says whether it went well.
void PageFile::flush() {
  write(buffer_, written_);
  written_ += buffer_.size();
  buffer_.clear();
  if (written_ - told_ < kWritebackBytes) return;
  sync_file_range(file_.fd, static_cast<off_t>(told_), static_cast<off_t>(written_ - told_),
                  SYNC_FILE_RANGE_WRITE);
  told_ = written_;
}

void PageFile::write(std::string_view bytes, uint64_t at) const {
  while (!bytes.empty()) {
    const ssize_t count = pwrite(file_.fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) check_lmdb(errno, "write", path_);
    bytes.remove_prefix(static_cast<size_t>(count));
    at += static_cast<uint64_t>(count);
  }
}

}  // namespace ledger::store
