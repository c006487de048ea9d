// What is said of blocks here is said of the tail in kept_log_test.cc.
#include "tests/unit/store/kept_blocks_fixture.h"

namespace ledger::store {
namespace {

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

}  // namespace
}  // namespace ledger::store
