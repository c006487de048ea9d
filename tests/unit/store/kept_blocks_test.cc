// Logs that are long enough for blocks: what is said of them here is said of the tail in
// kept_log_test.cc.
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
namespace {

constexpr size_t kEvents = 1000;
constexpr size_t kFixedBytes = 40;  // of a block, in front of what is said of its frames

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

TEST_F(KeptBlocks, EventsComeBackFromBlocksAndTailInEitherOrder) {
  write_all();
  EXPECT_GT(entries("blocks").size(), 3U);
  EXPECT_GT(groups_of(entries("blocks").begin()->second), 1U);
  EXPECT_GT(entries("tail").size(), 0U);
  const KeptLogWriter writer(path(), identity_);  // first: it opens for writing
  const KeptLogReader reader(path());
  const std::vector<KeptEvent>& events = log_.events();
  for (size_t i = 0; i < events.size(); ++i) {
    expect_same(*reader.read(events[i].offset), events[i]);
    expect_same(*writer.read(events[events.size() - 1 - i].offset), events[events.size() - 1 - i]);
    EXPECT_EQ(reader.read(next(events[i].offset)).has_value(),
              !events[i].gap_until && next(events[i].offset) < log_.end());
  }
}

TEST_F(KeptBlocks, EveryOffsetIsOfTheRecordAroundIt) {
  write_all();
  const KeptLogReader reader(path());
  const std::vector<KeptEvent>& events = log_.events();
  for (const KeptEvent& each : events) {
    const Offset end = each.gap_until ? *each.gap_until : next(each.offset);
    expect_same(*reader.read_around(each.offset), each);
    expect_same(*reader.read_around(Offset{raw(end) - 1}), each);
  }
  EXPECT_FALSE(reader.read_around(log_.end()));
  EXPECT_FALSE(reader.read_around(Offset{-1}));
}

TEST_F(KeptBlocks, ScanFromAnyOffsetVisitsWhatIsBehindIt) {
  write_all();
  const KeptLogReader reader(path());
  const std::vector<KeptEvent>& events = log_.events();
  for (int64_t from = 0; from <= raw(log_.end()); from += 13) {
    auto expected = std::find_if(events.begin(), events.end(),
                                 [&](const KeptEvent& each) { return raw(each.offset) >= from; });
    const Offset limit{from + 300};
    reader.scan(Offset{from}, limit, [&](const KeptEvent& kept) {
      expect_same(kept, *expected++);
      return true;
    });
    EXPECT_TRUE(expected == events.end() || expected->offset >= limit) << from;
  }
}

TEST_F(KeptBlocks, LogTimeIsTheRunningMaximumOverBlocks) {
  write_all();
  int64_t expected = -1;
  size_t visits = 0;
  const KeptLogReader reader(path());
  reader.scan(Offset{0}, reader.end(), [&](const KeptEvent& kept) {
    if (!kept.gap_until) expected = std::max(expected, kept.timestamp_ms);
    EXPECT_EQ(kept.log_time_ms, expected);
    return ++visits > 0;
  });
  EXPECT_EQ(visits, kEvents);
}

TEST_F(KeptBlocks, FirstAtOrAfterEqualsALinearSearch) {
  write_all();
  const KeptLogReader reader(path());
  std::vector<std::pair<int64_t, Offset>> log_times;
  reader.scan(Offset{0}, reader.end(), [&](const KeptEvent& kept) {
    log_times.emplace_back(kept.log_time_ms, kept.offset);
    return true;
  });
  for (int64_t time = 4900; time < 6100; ++time) {
    const auto found = std::lower_bound(log_times.begin(), log_times.end(), time,
                                        [](const auto& a, int64_t b) { return a.first < b; });
    const Offset expected = found == log_times.end() ? log_.end() : found->second;
    EXPECT_EQ(reader.first_at_or_after(static_cast<double>(time)), expected) << time;
  }
}

TEST_F(KeptBlocks, BytesDependOnTheEventsAloneNotOnTheirBatches) {
  write_all();
  const auto blocks = entries("blocks");
  const auto tail = entries("tail");
  for (const size_t batch : {1U, 7U, 150U, 999U}) {
    std::filesystem::remove_all(path());
    write_in_batches(batch);
    EXPECT_EQ(entries("blocks"), blocks) << batch;
    EXPECT_EQ(entries("tail"), tail) << batch;
  }
}

TEST_F(KeptBlocks, EventOfABlockOutlivesOtherReadsAndTheReader) {
  write_all();
  std::optional<KeptLogReader> reader(path());
  std::vector<KeptEvent> kept;
  const Offset last_block = offset_of(entries("blocks").rbegin()->first);
  for (size_t i = 0; log_.events()[i].offset < last_block; i += 10) {
    kept.push_back(*reader->read(log_.events()[i].offset));
  }
  reader->renew();
  reader.reset();
  for (size_t i = 0; i < kept.size(); ++i) expect_same(kept[i], log_.events()[i * 10]);
}

TEST_F(KeptBlocks, CompressWhatRepeats) {
  std::vector<KeptEvent> events;
  const std::string value(300, 'v');
  for (int64_t offset = 0; offset < 2000; ++offset) events.push_back(event(offset, 1, "k", value));
  write(events);
  size_t bytes = 0;
  for (const auto& [key, block] : entries("blocks")) bytes += block.size();
  EXPECT_LT(bytes, 10000U);
  EXPECT_EQ(KeptLogReader(path()).read(Offset{1234})->value, value);
}

TEST_F(KeptBlocks, ChangedByteAnywhereIsAnIntegrityFaultOfThatBlockAlone) {
  write_all();
  const std::string key = key_of(1);
  const Offset behind = offset_of(key_of(2));
  const std::string block = entries("blocks").at(key);
  for (size_t at = 0; at < block.size(); at += at < head_bytes(block) ? size_t{1} : size_t{997}) {
    put_block(key, with_flip(block, at));
    const KeptLogReader reader(path());
    const std::string message = message_of([&] { scan_block(reader, key, behind); });
    EXPECT_NE(message.find("the block at " + std::to_string(raw(offset_of(key)))),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("restore log/ from a copy"), std::string::npos) << message;
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << at;
    EXPECT_EQ(scan_fault(behind), Fault::kNone) << at;
    EXPECT_NO_THROW(reader.read(Offset{0}));
  }
}

TEST_F(KeptBlocks, EventAboutAnAudioNeedsItsGroupAloneAndAnyOtherTheWholeBlock) {
  write_all();
  const std::string key = key_of(1);
  const std::string block = entries("blocks").at(key);
  const KeptEvent& audio = first_of_block(1, true);
  const KeptEvent& other = first_of_block(1, false);

  put_block(key, with_flip(block, block.size() - 1));  // in the rest
  expect_same(*KeptLogReader(path()).read(audio.offset), audio);
  EXPECT_EQ(read_fault(other.offset), Fault::kIntegrity);

  put_block(key, with_flip(block, head_bytes(block)));  // in the first group
  EXPECT_EQ(read_fault(audio.offset), Fault::kIntegrity);
  EXPECT_EQ(read_fault(other.offset), Fault::kIntegrity);
}

TEST_F(KeptBlocks, EventsAboutAudiosAloneMakeGroupsOfAFewEach) {
  std::vector<KeptEvent> events;
  event::RandomEvents values(3);
  std::deque<std::string> texts;
  for (int64_t offset = 0; offset < 600; ++offset) {
    std::string& text = texts.emplace_back();
    do {
      text.clear();
      event::encode(values.next(), text);
    } while (!event::is_about_audio(text) || text.size() > 2000);
    events.push_back(event(offset, 5000 - offset, "k", text));
  }
  write(events);
  const std::string block = entries("blocks").begin()->second;
  EXPECT_GT(groups_of(block), 10U);
  EXPECT_LT(groups_of(block), 17U);
  const KeptLogReader reader(path());
  std::shuffle(events.begin(), events.end(), std::mt19937_64(5));
  for (const KeptEvent& each : events) {
    expect_same(*reader.read(each.offset), each);
    EXPECT_EQ(reader.read(each.offset)->log_time_ms, 5000);
  }
}

TEST_F(KeptBlocks, BlockThatIsCutShortIsAnIntegrityFault) {
  write_all();
  const std::string key = key_of(1);
  const std::string block = entries("blocks").at(key);
  for (const size_t bytes : {size_t{0}, kFixedBytes - 1, kFixedBytes, head_bytes(block) - 1,
                             head_bytes(block), block.size() - 1}) {
    put_block(key, block.substr(0, bytes));
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << bytes;
  }
}

TEST_F(KeptBlocks, BlockWithARightChecksumAndAWrongHeadIsAnIntegrityFault) {
  write_all();
  const std::string key = key_of(1);
  const std::string block = entries("blocks").at(key);
  for (size_t at = 8; at < head_bytes(block); ++at) {
    if (at >= 20 && at < 28) continue;  // the log time before: a later first record hides it
    if (is_place(block, at)) continue;  // another order of the same records is not seen
    std::string changed = with_flip(block, at);
    std::string sum;
    append_be64(sum,
                XXH3_64bits_withSeed(changed.data() + 8, head_bytes(block) - 8, read_be64(key)));
    put_block(key, changed.replace(0, 8, sum));
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << at;
  }
}

TEST_F(KeptBlocks, BlockInAnothersPlaceIsAnIntegrityFault) {
  write_all();
  put_block(key_of(2), entries("blocks").at(key_of(1)));
  EXPECT_EQ(scan_fault(), Fault::kIntegrity);
}

TEST_F(KeptBlocks, MissingBlockIsAnIntegrityFaultOfScansThatMeetIt) {
  write_all();
  const auto blocks = entries("blocks");
  for (const auto& [key, block] : blocks) {
    tamper("blocks", [&, wanted = key](MDB_txn* txn, MDB_dbi dbi) mutable {
      MDB_val k{wanted.size(), wanted.data()};
      EXPECT_EQ(mdb_del(txn, dbi, &k, nullptr), 0);
    });
    const Offset first = offset_of(key);
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << raw(first);
    EXPECT_EQ(scan_fault(first), Fault::kIntegrity) << raw(first);
    EXPECT_EQ(scan_fault(next(first)), Fault::kIntegrity) << raw(first);
    EXPECT_EQ(fault_of([&] { KeptLogReader(path()).read(first); }), Fault::kIntegrity);
    put_block(key, block);
  }
  EXPECT_EQ(scan_fault(), Fault::kNone);
}

TEST_F(KeptBlocks, LostTailIsAnIntegrityFault) {
  write_all();
  tamper("tail", [](MDB_txn* txn, MDB_dbi dbi) { EXPECT_EQ(mdb_drop(txn, dbi, 0), 0); });
  EXPECT_EQ(scan_fault(), Fault::kIntegrity);
  EXPECT_EQ(open_fault(), Fault::kIntegrity);
}

TEST_F(KeptBlocks, DamagedLastBlockIsNoticedWhenTheLogIsOpenedForWriting) {
  write_all();
  const auto [key, block] = *entries("blocks").rbegin();
  for (const size_t at : {kFixedBytes, head_bytes(block), block.size() - 1}) {
    put_block(key, with_flip(block, at));
    EXPECT_EQ(open_fault(), Fault::kIntegrity) << at;
  }
}

}  // namespace
}  // namespace ledger::store
