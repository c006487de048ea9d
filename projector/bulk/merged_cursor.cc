#include "projector/bulk/merged_cursor.h"

#include <utility>

#include "projector/bulk/key_prefix.h"

namespace ledger::bulk {

MergedCursor::MergedCursor(std::vector<store::ViewCursor> cursors, bool skips_gone, Hidden hidden)
    : cursors_(std::move(cursors)), skips_gone_(skips_gone), hidden_(std::move(hidden)) {}

bool MergedCursor::before(const Head& a, const Head& b) {
  if (a.prefix != b.prefix) return a.prefix < b.prefix;
  const int order = a.key.compare(b.key);
  return order == 0 ? a.source < b.source : order < 0;
}

bool MergedCursor::first() {
  std::string_view lowest;
  shared_ = SIZE_MAX;
  for (store::ViewCursor& cursor : cursors_) {
    if (!cursor.last()) continue;
    if (shared_ == SIZE_MAX) lowest = cursor.key();
    shared_ = shared_bytes(lowest, cursor.key(), shared_);
    if (cursor.first()) shared_ = shared_bytes(lowest, cursor.key(), shared_);
  }
  return start();
}

bool MergedCursor::seek(std::string_view key) {
  shared_ = 0;
  for (store::ViewCursor& cursor : cursors_) cursor.seek(key);
  return start();
}

bool MergedCursor::start() {
  heads_.clear();
  for (size_t source = 0; source < cursors_.size(); ++source) {
    if (!cursors_[source].valid()) continue;
    const std::string_view key = cursors_[source].key();
    heads_.push_back({prefix_of(key, shared_), key, static_cast<uint32_t>(source)});
  }
  for (size_t head = heads_.size() / 2; head > 0; --head) sink(head - 1);
  return skip_gone();
}

bool MergedCursor::next() { return pass_key() && skip_gone(); }

void MergedCursor::leave_behind(size_t count) {
  for (const Head& head : heads_) {
    if (head.source < count) cursors_[head.source].leave_behind();
  }
}

bool MergedCursor::skip_gone() {
  while (skips_gone_ && !heads_.empty() && value() == kGone) {
    hidden_(source(), key(), value());
    pass_key();
  }
  return !heads_.empty();
}

// Goes behind all entries of the key.
bool MergedCursor::pass_key() {
  const Head passed = heads_.front();
  for (pass(); !heads_.empty(); pass()) {
    const Head& head = heads_.front();
    if (head.prefix != passed.prefix || head.key != passed.key) return true;
    hidden_(head.source, head.key, value());
  }
  return false;
}

void MergedCursor::pass() {
  Head& head = heads_.front();
  if (cursors_[head.source].next()) {
    head.key = cursors_[head.source].key();
    head.prefix = prefix_of(head.key, shared_);
  } else {
    head = heads_.back();
    heads_.pop_back();
  }
  sink(0);
}

void MergedCursor::sink(size_t head) {
  for (size_t least = 2 * head + 1; least < heads_.size(); least = 2 * head + 1) {
    if (least + 1 < heads_.size() && before(heads_[least + 1], heads_[least])) ++least;
    if (before(heads_[head], heads_[least])) return;
    std::swap(heads_[head], heads_[least]);
    head = least;
  }
}

}  // namespace ledger::bulk
