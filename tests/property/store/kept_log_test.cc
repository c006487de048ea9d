#include <deque>
#include <random>

#include "schemas/base/bytes.h"
#include "schemas/event/codec.h"
#include "tests/support/event/mutate.h"
#include "tests/support/event/random_event.h"
#include "tests/support/store/kept_log_fixture.h"

namespace ledger::store {
namespace {

constexpr int kRounds = 12;
constexpr size_t kEventsMax = 800;
constexpr int kDamages = 40;
constexpr int64_t kClockSpread = 100;

// Random events: of the format and of any bytes, nulls, gaps, a clock that goes back.
class RandomLog {
 public:
  explicit RandomLog(uint64_t seed) : random_(seed), values_(seed) {
    for (size_t count = 1 + below(kEventsMax); count > 0; --count) add();
  }

  const std::vector<KeptEvent>& events() const { return events_; }
  Offset end() const { return Offset{end_}; }
  uint64_t below(uint64_t limit) { return random_() % limit; }
  std::mt19937_64& random() { return random_; }

 private:
  void add() {
    if (below(200) == 0) {
      const int64_t from = end_;
      end_ += 1 + static_cast<int64_t>(below(50));
      events_.push_back(gap(from, end_));
      return;
    }
    std::string& value = texts_.emplace_back();
    if (below(3) == 0) {
      value.assign(below(700), static_cast<char>('a' + below(20)));
    } else {
      event::encode(values_.next(), value);
    }
    const std::string& key = texts_.emplace_back(below(40), 'k');
    KeptEvent next = event(end_++, 1000 + static_cast<int64_t>(below(kClockSpread)), key, value);
    if (below(50) == 0) next.key.reset();
    if (below(50) == 0) next.value.reset();
    log_time_ms_ = std::max(log_time_ms_, next.timestamp_ms);
    next.log_time_ms = log_time_ms_;
    events_.push_back(next);
  }

  std::mt19937_64 random_;
  event::RandomEvents values_;
  std::deque<std::string> texts_;
  std::vector<KeptEvent> events_;
  int64_t end_ = 0;
  int64_t log_time_ms_ = -1;
};

bool same(const KeptEvent& kept, const KeptEvent& expected) {
  if (kept.offset != expected.offset || kept.gap_until != expected.gap_until) return false;
  return expected.gap_until ||
         (kept.key == expected.key && kept.value == expected.value &&
          kept.timestamp_ms == expected.timestamp_ms && kept.log_time_ms == expected.log_time_ms);
}

class KeptLogProperty : public KeptLogFixture {
 protected:
  void SetUp() override {
    seed_ = event::test_seed(20260301);
    RecordProperty("seed", std::to_string(seed_));
  }

  // In batches of any size, by writers that live for some of them.
  void append(RandomLog& log) const {
    std::filesystem::remove_all(path());
    std::optional<KeptLogWriter> writer;
    const std::span<const KeptEvent> events(log.events());
    for (size_t at = 0; at < events.size();) {
      if (!writer || log.below(3) == 0) {
        writer.reset();
        writer.emplace(path(), identity_);
      }
      const size_t count = std::min(1 + log.below(log.below(2) == 0 ? 5 : 400), events.size() - at);
      writer->append(events.subspan(at, count));
      at += count;
    }
  }

  // Changes one entry of blocks or tail at random; `undo` puts it back.
  void damage(RandomLog& log, const char* database, std::string& key, std::string& value) const {
    tamper(database, [&](MDB_txn* txn, MDB_dbi dbi) {
      MDB_stat stat{};
      ASSERT_EQ(mdb_stat(txn, dbi, &stat), 0);
      if (stat.ms_entries == 0) return;
      MDB_cursor* cursor = nullptr;
      ASSERT_EQ(mdb_cursor_open(txn, dbi, &cursor), 0);
      MDB_val k{};
      MDB_val v{};
      for (size_t i = log.below(stat.ms_entries) + 1; i > 0; --i) {
        ASSERT_EQ(mdb_cursor_get(cursor, &k, &v, MDB_NEXT), 0);
      }
      key.assign(static_cast<const char*>(k.mv_data), k.mv_size);
      value.assign(static_cast<const char*>(v.mv_data), v.mv_size);
      mdb_cursor_close(cursor);
      std::string changed = value;
      while (changed == value) event::mutate(changed, log.random());
      put(txn, dbi, key, changed);
    });
  }

  uint64_t seed_ = 0;
};

TEST_F(KeptLogProperty, WhatWasAppendedInAnyBatchesIsReadAndScanned) {
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("LEDGER_SEED=" + std::to_string(seed_) + " round " + std::to_string(round));
    RandomLog log(seed_ + static_cast<uint64_t>(round));
    append(log);
    const KeptLogReader reader(path());
    ASSERT_EQ(reader.end(), log.end());
    for (size_t i = 0; i < log.events().size(); ++i) {
      const KeptEvent& expected = log.events()[log.below(log.events().size())];
      const auto kept = reader.read(expected.offset);
      ASSERT_TRUE(kept && same(*kept, expected)) << raw(expected.offset);
    }
    auto expected = log.events().begin();
    reader.scan(Offset{0}, reader.end(), [&](const KeptEvent& kept) {
      EXPECT_TRUE(same(kept, *expected)) << raw(kept.offset);
      return ++expected != log.events().end();
    });
    EXPECT_TRUE(expected == log.events().end());
  }
}

TEST_F(KeptLogProperty, DamageIsFoundByAScanAndNoReadGivesOtherBytes) {
  RandomLog log(seed_);
  while (log.events().size() < kEventsMax / 2) log = RandomLog(++seed_);
  append(log);
  for (int i = 0; i < kDamages; ++i) {
    SCOPED_TRACE("LEDGER_SEED=" + std::to_string(seed_) + " damage " + std::to_string(i));
    const char* database = i % 4 == 3 ? "tail" : "blocks";
    std::string key;
    std::string value;
    damage(log, database, key, value);
    if (key.empty()) continue;  // an empty tail
    const auto scanned = error_of([&] {
      const KeptLogReader reader(path());
      reader.scan(Offset{0}, reader.end(), [](auto&) { return true; });
    });
    ASSERT_TRUE(scanned.has_value());
    EXPECT_EQ(scanned->fault(), Fault::kIntegrity);
    EXPECT_NE(std::string(scanned->what()).find(std::to_string(read_be64(key)) + " "),
              std::string::npos)
        << scanned->what();
    const KeptLogReader reader(path());
    for (const KeptEvent& expected : log.events()) {
      std::optional<KeptEvent> kept;
      const auto error = error_of([&] { kept = reader.read(expected.offset); });
      if (!error) {
        ASSERT_TRUE(kept && same(*kept, expected)) << raw(expected.offset);
        continue;
      }
      EXPECT_EQ(error->fault(), Fault::kIntegrity);
      EXPECT_NE(std::string(error->what()).find("restore log/ from a copy"), std::string::npos);
    }
    tamper(database, [&](MDB_txn* txn, MDB_dbi dbi) { put(txn, dbi, key, value); });
  }
}

}  // namespace
}  // namespace ledger::store
