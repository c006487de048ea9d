// Several sorted views read as one.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "schemas/store/reader.h"

namespace ledger::bulk {

// An entry of a layer with this value says that the key left: no row and no index entry has it.
inline constexpr std::string_view kGone{"\0", 1};
// Whether the keys of a view may leave it.
constexpr bool may_leave(store::View view) {
  return view == store::View::kContentAudioRows || view == store::View::kUserContentAudioRows ||
         view < store::View::kEventIds;
}

// Walks in key order. Of a key in more than one view, the newest one's entry counts and hides the
// others.
class MergedCursor {
 public:
  // Is told of each entry that is hidden, or that is kGone and skipped.
  using Hidden = std::function<void(size_t source, std::string_view key, std::string_view value)>;

  // `cursors`: newest first. Lifetime: of key() and value(), that of their snapshots.
  MergedCursor(
      std::vector<store::ViewCursor> cursors, bool skips_gone,
      Hidden hidden = [](size_t, std::string_view, std::string_view) {});

  // Returns, all: whether there is one.
  bool first();
  bool seek(std::string_view key);  // the first entry >= key
  bool next();
  // Of the first `count` cursors; see ViewCursor::leave_behind(). Precondition: first() was called.
  void leave_behind(size_t count);
  std::string_view key() const { return heads_.front().key; }
  std::string_view value() const { return cursors_[heads_.front().source].value(); }
  size_t source() const { return heads_.front().source; }  // number of its cursor
  size_t sources() const { return cursors_.size(); }

 private:
  struct Head {
    uint64_t prefix = 0;  // of the key behind what all keys share
    std::string_view key;
    uint32_t source = 0;
  };

  static bool before(const Head& a, const Head& b);
  bool start();
  bool skip_gone();
  void pass();  // the first head
  bool pass_key();
  void sink(size_t head);

  std::vector<store::ViewCursor> cursors_;
  bool skips_gone_;
  Hidden hidden_;
  size_t shared_ = 0;        // bytes that all keys begin with
  std::vector<Head> heads_;  // a heap: the first is before all
};

}  // namespace ledger::bulk
