// Logs that are long enough for blocks.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include <xxhash.h>

#include "schemas/base/bytes.h"
#include "schemas/event/codec.h"
#include "schemas/event/glance.h"
#include "tests/support/event/random_event.h"
#include "tests/support/store/kept_log_fixture.h"

namespace ledger::store {

inline constexpr size_t kEvents = 1000;
inline constexpr size_t kFixedBytes = 40;  // of a block, in front of what is said of its frames

// Events with the bytes that they point to: some of them about audios, some null or empty, some
// large, a clock that goes back, gaps.
class LongLog {
 public:
  explicit LongLog(size_t count) {
    std::mt19937_64 random(7);
    event::RandomEvents values(7);
    int64_t offset = 0;
    texts_.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      if (i % 151 == 150) {
        events_.push_back(gap(offset, offset + static_cast<int64_t>(i)));
        offset += static_cast<int64_t>(i);
        continue;
      }
      std::string& text = texts_.emplace_back();
      if (i % 4 == 1) {
        event::encode(values.next(), text);
      } else {
        text.resize(i % 97 == 96 ? 9000 : random() % 600);
        for (char& byte : text) byte = static_cast<char>('a' + random() % 20);
      }
      const std::string_view view = text;
      const std::string_view key = view.substr(0, 32);
      events_.push_back(event(offset++, static_cast<int64_t>(5000 + i - random() % 40),
                              i % 50 == 3 ? std::nullopt : std::optional(key),
                              i % 70 == 4 ? std::nullopt : std::optional(view)));
    }
    end_ = Offset{offset};
  }
  const std::vector<KeptEvent>& events() const { return events_; }
  Offset end() const { return end_; }

 private:
  std::vector<std::string> texts_;
  std::vector<KeptEvent> events_;
  Offset end_{};
};

class KeptBlocks : public KeptLogFixture {
 protected:
  void write_in_batches(size_t batch) const {
    const std::span<const KeptEvent> events(log_.events());
    for (size_t at = 0; at < events.size(); at += batch) {
      const auto part = events.subspan(at, std::min(batch, events.size() - at));
      write({part.begin(), part.end()});  // opened anew for each
    }
  }
  void write_all() const { write(log_.events()); }

  // All entries of a database of the log.
  std::map<std::string, std::string> entries(const char* database) const {
    std::map<std::string, std::string> all;
    tamper(database, [&](MDB_txn* txn, MDB_dbi dbi) {
      MDB_cursor* cursor = nullptr;
      ASSERT_EQ(mdb_cursor_open(txn, dbi, &cursor), 0);
      MDB_val key{};
      MDB_val value{};
      while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        all.emplace(std::string(static_cast<const char*>(key.mv_data), key.mv_size),
                    std::string(static_cast<const char*>(value.mv_data), value.mv_size));
      }
      mdb_cursor_close(cursor);
    });
    return all;
  }
  // The key of the second block, and of the third.
  std::string key_of(int block) const { return std::next(entries("blocks").begin(), block)->first; }
  void put_block(const std::string& key, const std::string& value) const {
    tamper("blocks", [&](MDB_txn* txn, MDB_dbi dbi) { put(txn, dbi, key, value); });
  }
  static Offset offset_of(const std::string& key) {
    return Offset{static_cast<int64_t>(read_be64(key))};
  }
  Fault scan_fault(Offset from = Offset{0}) const {
    const KeptLogReader reader(path());
    return fault_of([&] { reader.scan(from, reader.end(), [](auto&) { return true; }); });
  }

  Fault read_fault(Offset offset) const {
    return fault_of([&] { KeptLogReader(path()).read(offset); });
  }
  static void scan_block(const KeptLogReader& reader, const std::string& key, Offset limit) {
    reader.scan(offset_of(key), limit, [](auto&) { return true; });
  }
  static size_t head_bytes(const std::string& block) {
    return read_be32(std::string_view(block).substr(8));
  }
  static size_t groups_of(const std::string& block) {
    return read_be32(std::string_view(block).substr(36));
  }
  // Is the byte of the head one of a group's places?
  static bool is_place(const std::string& block, size_t at) {
    size_t part = kFixedBytes;
    for (size_t i = 0; i < groups_of(block); ++i) {
      const size_t places = part + 20;
      part = places + 2 * read_be32(std::string_view(block).substr(part + 16));
      if (at >= places && at < part) return true;
    }
    return false;
  }
  static std::string with_flip(std::string block, size_t at) {
    block[at] = static_cast<char>(block[at] ^ 1);
    return block;
  }
  // `block` with the checksum of its head, of `bytes`, as it is.
  static std::string with_head_sum(std::string_view key, std::string block, size_t bytes) {
    std::string sum;
    append_be64(sum, XXH3_64bits_withSeed(block.data() + 8, bytes - 8, read_be64(key)));
    return block.replace(0, 8, sum);
  }
  // The first event of the block that is about an audio, or is not.
  const KeptEvent& first_of_block(int block, bool about_audio) const {
    const Offset from = offset_of(key_of(block));
    return *std::find_if(log_.events().begin(), log_.events().end(), [&](const KeptEvent& each) {
      return each.offset >= from &&
             (each.value && event::is_about_audio(*each.value)) == about_audio;
    });
  }

  static void expect_same(const KeptEvent& kept, const KeptEvent& expected) {
    EXPECT_EQ(kept.offset, expected.offset);
    EXPECT_EQ(kept.key, expected.key) << raw(expected.offset);
    EXPECT_EQ(kept.value, expected.value) << raw(expected.offset);
    EXPECT_EQ(kept.gap_until, expected.gap_until);
    EXPECT_EQ(kept.timestamp_ms, expected.gap_until ? -1 : expected.timestamp_ms);
  }

  LongLog log_{kEvents};
};

}  // namespace ledger::store
