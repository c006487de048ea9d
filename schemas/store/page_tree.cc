// NodePage and PageTree: nodes into pages, pages into a tree.
#include <cstring>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/store/lmdb_internal.h"
#include "schemas/store/pages_internal.h"

namespace ledger::store {

namespace {

constexpr uint16_t kBranch = 1;
constexpr uint16_t kLeaf = 2;
constexpr uint16_t kBigValue = 1;  // flags of nodes: the value is on overflow pages
constexpr uint16_t kTree = 2;      // the value is a tree's record
constexpr size_t kKeyBytesMax = 511;
constexpr size_t kValueBytesMax = 0xffffffff;
constexpr size_t kSlotBytes = sizeof(uint16_t);

size_t even(size_t bytes) { return (bytes + 1) & ~size_t{1}; }

// What LMDB allows: two nodes of the largest size fill a page.
size_t node_bytes_max(size_t page_bytes) {
  return ((page_bytes - sizeof(PageHeader)) / 2 & ~size_t{1}) - kSlotBytes;
}

NodeHeader leaf_node(size_t value_bytes, uint16_t flags) {
  return {static_cast<uint16_t>(value_bytes), static_cast<uint16_t>(value_bytes >> 16), flags, 0};
}

NodeHeader branch_node(PageNumber child) {
  const auto number = static_cast<uint64_t>(child);
  return {static_cast<uint16_t>(number), static_cast<uint16_t>(number >> 16),
          static_cast<uint16_t>(number >> 32), 0};
}

PageNumber child_of(const NodeHeader& node) {
  return PageNumber{node.low | uint64_t{node.high} << 16 | uint64_t{node.flags} << 32};
}

}  // namespace

NodePage::NodePage(uint16_t kind, size_t page_bytes)
    : header_{{}, 0, kind, sizeof(PageHeader), static_cast<uint16_t>(page_bytes)},
      bytes_(page_bytes, '\0') {}

char* NodePage::add(NodeHeader node, std::string_view key, size_t node_bytes) {
  header_.upper = static_cast<uint16_t>(header_.upper - node_bytes);
  std::memcpy(bytes_.data() + header_.lower, &header_.upper, kSlotBytes);
  header_.lower = static_cast<uint16_t>(header_.lower + kSlotBytes);
  node.key_bytes = static_cast<uint16_t>(key.size());
  char* const place = bytes_.data() + header_.upper;
  place[node_bytes - 1] = '\0';  // the last byte is padding or overwritten
  std::memcpy(place, &node, sizeof node);
  std::memcpy(place + sizeof node, key.data(), key.size());
  return place + sizeof node + key.size();
}

std::string_view NodePage::key_at(size_t place, NodeHeader& node) const {
  std::memcpy(&node, bytes_.data() + place, sizeof node);
  return {bytes_.data() + place + sizeof node, node.key_bytes};
}

std::string_view NodePage::first_key() const {
  NodeHeader node;
  uint16_t place = 0;
  std::memcpy(&place, bytes_.data() + sizeof(PageHeader), kSlotBytes);
  return key_at(place, node);
}

std::string_view NodePage::take_last(NodeHeader& node) {
  const std::string_view key = key_at(header_.upper, node);
  header_.upper = static_cast<uint16_t>(header_.upper + even(sizeof node + key.size()));
  header_.lower = static_cast<uint16_t>(header_.lower - kSlotBytes);
  return key;
}

PageNumber NodePage::write(PageFile& file) {
  std::memset(bytes_.data() + header_.lower, 0, header_.upper - header_.lower);
  std::memcpy(bytes_.data(), &header_, sizeof header_);
  header_.lower = sizeof header_;
  header_.upper = static_cast<uint16_t>(bytes_.size());
  return file.add(bytes_);
}

PageTree::PageTree(PageFile& file)
    : file_(&file),
      node_bytes_max_(node_bytes_max(file.page_bytes())),
      leaf_(kLeaf, file.page_bytes()) {}

void PageTree::append(std::string_view key, std::string_view value, uint16_t flags) {
  LEDGER_ASSERT(record_.entries == 0 || last_key_ < key, "{} {}", file_->path().string(),
                to_hex(key));
  if (key.empty() || key.size() > kKeyBytesMax || value.size() > kValueBytesMax) {
    check_lmdb(MDB_BAD_VALSIZE, "write", file_->path());
  }
  const bool big = sizeof(NodeHeader) + key.size() + value.size() > node_bytes_max_;
  const size_t bytes =
      even(sizeof(NodeHeader) + key.size() + (big ? sizeof(PageNumber) : value.size()));
  if (!leaf_.has_room(bytes)) close_leaf();
  const uint16_t node_flags = big ? static_cast<uint16_t>(flags | kBigValue) : flags;
  char* const place = leaf_.add(leaf_node(value.size(), node_flags), key, bytes);
  last_key_ = {place - key.size(), key.size()};
  ++record_.entries;
  if (!big) {
    std::memcpy(place, value.data(), value.size());
    return;
  }
  const PageNumber overflow = file_->add_overflow(value, record_.overflow_pages);
  std::memcpy(place, &overflow, sizeof overflow);
}

TreeRecord PageTree::finish() {
  if (record_.entries == 0) return record_;
  if (branches_.empty()) {
    ++record_.leaf_pages;
    record_.root = leaf_.write(*file_);
  } else {
    close_leaf();
    for (size_t level = 0; level + 1 < branches_.size(); ++level) close_branch(level);
    ++record_.branch_pages;
    record_.root = branches_.back().page.write(*file_);
  }
  record_.depth = static_cast<uint16_t>(1 + branches_.size());
  return record_;
}

// The key is still in the page when that was written.
void PageTree::close_leaf() {
  const PageNumber number = leaf_.write(*file_);
  ++record_.leaf_pages;
  add_child(0, leaf_.first_key(), number);
}

// A page that is full leaves its last child to the next one: LMDB wants two in every branch.
void PageTree::add_child(size_t level, std::string_view key, PageNumber child) {
  if (level == branches_.size()) {
    branches_.push_back({NodePage(kBranch, file_->page_bytes()), {}});
  }
  Branch& branch = branches_[level];
  if (!branch.page.empty() && !branch.page.has_room(even(sizeof(NodeHeader) + key.size()))) {
    NodeHeader last;
    const std::string last_key(branch.page.take_last(last));
    close_branch(level);
    branch.first_key = last_key;
    branch.page.add(branch_node(child_of(last)), {}, sizeof(NodeHeader));
  }
  if (branch.page.empty()) {
    branch.first_key = key;
    key = {};
  }
  branch.page.add(branch_node(child), key, even(sizeof(NodeHeader) + key.size()));
}

void PageTree::close_branch(size_t level) {
  Branch& branch = branches_[level];
  const PageNumber number = branch.page.write(*file_);
  ++record_.branch_pages;
  add_child(level + 1, branch.first_key, number);
}

void write_databases(const std::map<std::string, TreeRecord>& trees, PageFile& file) {
  PageTree databases(file);
  for (const auto& [name, tree] : trees) {
    databases.append(name, {reinterpret_cast<const char*>(&tree), sizeof tree}, kTree);
  }
  file.finish(databases.finish());
}

}  // namespace ledger::store
