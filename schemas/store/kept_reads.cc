#include "schemas/store/kept_reads_internal.h"

#include <algorithm>

#include <fmt/format.h>

#include "schemas/base/bytes.h"

namespace ledger::store {

namespace {

// The last entry at or before `offset`, else the first one. Returns: false without any.
bool seek_at_or_before(Cursor& cursor, Offset offset, std::string_view& key,
                       std::string_view& value) {
  const std::string wanted = offset_key(offset);
  key = wanted;
  if (!cursor.move(MDB_SET_RANGE, key, value)) return cursor.move(MDB_LAST, key, value);
  if (key == wanted || cursor.move(MDB_PREV, key, value)) return true;
  return cursor.move(MDB_FIRST, key, value);
}

// Returns: nullopt when none of its records reaches over `offset`.
std::optional<KeptEvent> event_over(std::shared_ptr<const Block> block, Offset offset) {
  const auto behind =
      std::upper_bound(block->events.begin(), block->events.end(), offset,
                       [](Offset wanted, const KeptEvent& event) { return wanted < event.offset; });
  if (behind == block->events.begin() || offset >= end_of(*std::prev(behind))) return std::nullopt;
  KeptEvent event = *std::prev(behind);
  event.block = std::move(block);
  return event;
}

}  // namespace

std::shared_ptr<const Block> HeldBlocks::over(Offset offset) {
  for (Held& held : held_) {
    if (!held.block || held.block->events.front().offset > offset) continue;
    if (end_of(held.block->events.back()) <= offset) continue;
    held.used = ++uses_;
    return held.block;
  }
  return nullptr;
}

void HeldBlocks::keep(std::shared_ptr<const Block> block) {
  if (block->events.empty()) return;
  *std::min_element(held_.begin(), held_.end(), [](const Held& a, const Held& b) {
    return a.used < b.used;
  }) = {std::move(block), ++uses_};
}

std::optional<KeptEvent> KeptReads::read(const Transaction& transaction, Offset offset) {
  if (raw(offset) < 0) return std::nullopt;
  auto found = read_held(offset);
  if (!found) {
    const std::string key = offset_key(offset);
    std::string_view value;
    if (transaction.get(handles_.tail, key, value)) return decode_kept(key, value, path_);
    found = read_block(transaction, offset);
  }
  if (found && found->offset == offset) return found;
  if (!found) check_absent(transaction, offset);
  return std::nullopt;
}

void KeptReads::check_absent(const Transaction& transaction, Offset offset) const {
  if (offset >= read_end(transaction, handles_.meta, path_)) return;
  Cursor tail(transaction, handles_.tail, path_);
  std::string_view key;
  std::string_view value;
  if (seek_at_or_before(tail, offset, key, value)) {
    const KeptEvent before = decode_kept(key, value, path_);
    if (before.offset <= offset && offset < end_of(before)) return;
  }
  throw kept_damage(path_, fmt::format("the record {} is missing", raw(offset)));
}

std::optional<KeptEvent> KeptReads::read_around(const Transaction& transaction, Offset offset) {
  if (raw(offset) < 0) return std::nullopt;
  if (auto held = read_held(offset)) return held;
  Cursor tail(transaction, handles_.tail, path_);
  std::string_view key;
  std::string_view value;
  if (seek_at_or_before(tail, offset, key, value) &&
      (key.size() != sizeof(Offset) || decode_offset(key) <= offset)) {
    KeptEvent last = decode_kept(key, value, path_);  // refuses a key of another length
    if (offset < end_of(last)) return last;
    check_absent(transaction, offset);
    return std::nullopt;
  }
  auto found = read_block(transaction, offset);
  if (!found) check_absent(transaction, offset);
  return found;
}

std::optional<KeptEvent> KeptReads::read_held(Offset offset) {
  if (auto block = blocks_.over(offset)) return event_over(std::move(block), offset);
  auto group = groups_.over(offset);
  return group ? event_over(std::move(group), offset) : std::nullopt;
}

std::optional<KeptEvent> KeptReads::read_block(const Transaction& transaction, Offset offset) {
  Cursor cursor(transaction, handles_.blocks, path_);
  std::string_view key;
  std::string_view value;
  if (!seek_at_or_before(cursor, offset, key, value)) return std::nullopt;
  const PackedBlock packed = open_block(key, value, path_);
  auto block = std::make_shared<Block>();
  if (const PackedPart* group = group_with(packed, offset)) {
    decoder_.decode_group(packed, *group, *block, path_);
    groups_.keep(block);
  } else {
    decoder_.decode(packed, *block, path_);
    blocks_.keep(block);
  }
  return event_over(std::move(block), offset);
}

void KeptReads::scan(const Transaction& transaction, Offset from, Offset limit,
                     const Visit& visit) {
  const Visit inside = [&](const KeptEvent& event) {
    return event.offset < from || (event.offset < limit && visit(event));
  };
  const auto blocks_end = scan_blocks(transaction, from, inside);
  if (!blocks_end) return;
  const auto tail_end = scan_tail(transaction, *blocks_end, inside);
  if (tail_end) check_end(*tail_end, read_end(transaction, handles_.meta, path_), path_);
}

std::optional<Offset> KeptReads::scan_blocks(const Transaction& transaction, Offset from,
                                             const Visit& visit) {
  Cursor cursor(transaction, handles_.blocks, path_);
  std::string_view key;
  std::string_view value;
  std::optional<Offset> expected;
  Block block;
  for (bool found = seek_at_or_before(cursor, from, key, value); found;
       found = cursor.move(MDB_NEXT, key, value)) {
    const PackedBlock packed = open_block(key, value, path_);
    const bool is_first = !expected && packed.first > from;  // nothing lies before it
    check_follows(packed.first, is_first ? Offset{0} : expected.value_or(packed.first));
    expected = packed.end;
    if (packed.end <= from) continue;
    decoder_.decode(packed, block, path_);
    for (const KeptEvent& event : block.events) {
      if (!visit(event)) return std::nullopt;
    }
  }
  return expected.value_or(Offset{0});
}

std::optional<Offset> KeptReads::scan_tail(const Transaction& transaction, Offset start,
                                           const Visit& visit) const {
  Cursor cursor(transaction, handles_.tail, path_);
  std::string_view key;
  std::string_view value;
  Offset expected = start;
  for (bool found = cursor.move(MDB_FIRST, key, value); found;
       found = cursor.move(MDB_NEXT, key, value)) {
    const KeptEvent event = decode_kept(key, value, path_);
    check_follows(event.offset, expected);
    expected = end_of(event);
    if (!visit(event)) return std::nullopt;
  }
  return expected;
}

void KeptReads::check_follows(Offset found, Offset expected) const {
  if (found == expected) return;
  throw kept_damage(
      path_, fmt::format("the record {} follows where {} belongs", raw(found), raw(expected)));
}

std::optional<PackedBlock> KeptReads::last_block(const Transaction& transaction) const {
  Cursor cursor(transaction, handles_.blocks, path_);
  std::string_view key;
  std::string_view value;
  if (!cursor.move(MDB_LAST, key, value)) return std::nullopt;
  return open_block(key, value, path_);
}

// Throws: Error{kIntegrity} when no block has it.
PackedBlock KeptReads::block_with(const Transaction& transaction, Offset offset) const {
  Cursor cursor(transaction, handles_.blocks, path_);
  std::string_view key;
  std::string_view value;
  if (seek_at_or_before(cursor, offset, key, value)) {
    PackedBlock packed = open_block(key, value, path_);
    if (packed.first <= offset && offset < packed.end) return packed;
  }
  throw kept_damage(path_, fmt::format("no block has the record {}", raw(offset)));
}

// The running maximum never falls: halve the offsets until it is known which block has the first
// such record, then look at its records. Those of the tail come behind all blocks.
Offset KeptReads::first_at_or_after(const Transaction& transaction, double time_ms) {
  Offset low{0};
  const auto last = last_block(transaction);
  Offset high = last ? last->end : low;
  while (low < high) {
    const Offset middle{raw(low) + (raw(high) - raw(low)) / 2};
    const PackedBlock packed = block_with(transaction, middle);
    if (static_cast<double>(packed.log_time_ms) < time_ms) {
      low = packed.end;
    } else {
      high = packed.first;
    }
  }
  const Offset end = read_end(transaction, handles_.meta, path_);
  Offset first = end;
  scan(transaction, low, end, [&](const KeptEvent& event) {
    const bool before = static_cast<double>(event.log_time_ms) < time_ms;
    if (!before) first = event.offset;
    return before;
  });
  return first;
}

}  // namespace ledger::store
