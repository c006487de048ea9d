// The pages of an LMDB data file, written one after another by whoever has all entries in order.
//
// The format is that of LMDB 0.9 (data version 1) on a little-endian machine of 64 bits:
//
//     page      header | 16-bit place of each node, ascending by key | room | nodes, the last first
//     node      header | key | value, padded to an even size. Where that is more than half a page,
//               the number of an overflow page in place of the value
//     branch    nodes without value, whose header has the page of the keys from its own on; the
//               first one has no key
//     overflow  header | value, over as many pages as it takes
//     file      meta page | meta page | pages; the meta page of the larger transaction counts
//
// Source: struct MDB_page, MDB_node, MDB_db, MDB_meta of LMDB 0.9.24's mdb.c.
#pragma once

#include <bit>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <lmdb.h>

namespace ledger::store {

static_assert(MDB_VERSION_MAJOR == 0 && MDB_VERSION_MINOR == 9);
static_assert(std::endian::native == std::endian::little && sizeof(void*) == 8);

enum class PageNumber : uint64_t {};
inline constexpr PageNumber kNoPage{~uint64_t{0}};

struct PageHeader {
  PageNumber number{};
  uint16_t unused = 0;
  uint16_t kind = 0;
  uint16_t lower = 0;  // in an overflow page lower and upper are its count of pages
  uint16_t upper = 0;
};
static_assert(sizeof(PageHeader) == 16);

struct NodeHeader {
  uint16_t low = 0;  // size of the value; in a branch low, high and flags are the child's number
  uint16_t high = 0;
  uint16_t flags = 0;
  uint16_t key_bytes = 0;
};
static_assert(sizeof(NodeHeader) == 8);

// A tree as the main tree, and the meta page of the main tree, describe it.
struct TreeRecord {
  uint32_t page_bytes = 0;  // in the meta page, of the free list alone
  uint16_t flags = 0;
  uint16_t depth = 0;
  uint64_t branch_pages = 0;
  uint64_t leaf_pages = 0;
  uint64_t overflow_pages = 0;
  uint64_t entries = 0;
  PageNumber root = kNoPage;
};
static_assert(sizeof(TreeRecord) == 48);

struct MetaPage {
  PageHeader header;
  uint32_t magic = 0;
  uint32_t version = 0;
  uint64_t address = 0;
  uint64_t map_bytes = 0;
  TreeRecord free_list;
  TreeRecord databases;
  PageNumber last{};
  uint64_t transaction = 0;
};
static_assert(sizeof(MetaPage) == 152);

// The data file of a new environment, which LMDB makes. Pages go to its end through a buffer, and
// the kernel is told to write along the way. None of them counts before finish().
class PageFile {
 public:
  // Precondition: the folder is empty. Throws: Error{kIncompatible} when LMDB's empty file is not
  // what is known here; kFull.
  explicit PageFile(std::filesystem::path environment);
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  size_t page_bytes() const { return meta_.free_list.page_bytes; }
  // Returns, both: the number of the first page. Throws, all: Error{kFull}.
  PageNumber add(std::string& page);                                 // writes the number into it
  PageNumber add_overflow(std::string_view value, uint64_t& pages);  // adds to `pages`
  // Makes them LMDB's first transaction.
  void finish(const TreeRecord& databases);

 private:
  struct Descriptor {
    int fd = -1;
    ~Descriptor();
  };

  PageNumber next() const;
  void put(std::string_view bytes);
  void flush();
  void write(std::string_view bytes, uint64_t at) const;

  std::filesystem::path path_;
  Descriptor file_;
  MetaPage meta_;  // LMDB's own, then that of the transaction
  std::string buffer_;
  uint64_t written_ = 0;  // bytes of the file
  uint64_t told_ = 0;     // of these the kernel was told to write
};

// A page of nodes that is being filled.
class NodePage {
 public:
  NodePage(uint16_t kind, size_t page_bytes);
  bool empty() const { return header_.lower == sizeof(PageHeader); }
  bool has_room(size_t node_bytes) const {
    return header_.lower + sizeof(uint16_t) + node_bytes <= header_.upper;
  }
  // Precondition: has_room. Returns: the place behind the key.
  char* add(NodeHeader node, std::string_view key, size_t node_bytes);
  std::string_view first_key() const;
  // Of a branch. Lifetime: of the key, until the next node comes.
  std::string_view take_last(NodeHeader& node);
  PageNumber write(PageFile& file);  // the page is empty then, its bytes are still there

 private:
  std::string_view key_at(size_t place, NodeHeader& node) const;
  PageHeader header_;
  std::string bytes_;
};

// One B+tree whose entries come in order of their keys. Every page is full before the next begins.
class PageTree {
 public:
  explicit PageTree(PageFile& file);
  // Precondition (asserted): keys ascend. Throws: Error{kFull}; kUnavailable, of a key that LMDB
  // does not take.
  void append(std::string_view key, std::string_view value, uint16_t flags = 0);
  TreeRecord finish();

 private:
  void close_leaf();
  void add_child(size_t level, std::string_view key, PageNumber child);
  void close_branch(size_t level);

  struct Branch {
    NodePage page;
    std::string first_key;  // which its first node does not have
  };

  PageFile* file_;
  size_t node_bytes_max_;
  TreeRecord record_;
  NodePage leaf_;
  std::string_view last_key_;    // in the leaf
  std::deque<Branch> branches_;  // from the lowest level up
};

// The last that is written: the named databases, and so all that the file has.
void write_databases(const std::map<std::string, TreeRecord>& trees, PageFile& file);

}  // namespace ledger::store
