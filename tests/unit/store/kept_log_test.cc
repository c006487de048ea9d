#include "schemas/store/kept_log.h"

#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <xxhash.h>

#include "schemas/base/bytes.h"
#include "schemas/store/layout.h"
#include "tests/support/store/kept_log_fixture.h"

namespace ledger::store {
namespace {

// A log of all kinds: null and empty keys and values, a clock that goes back, a gap.
std::vector<KeptEvent> sample_events() {
  return {event(0, 100, std::nullopt, "genesis"),
          event(1, 300, "k", std::nullopt),
          event(2, 200, "", "v"),
          gap(3, 10),
          event(10, 400, "k", ""),
          event(11, 400, std::string_view("\0k", 2), std::string_view("w\0\xff", 3))};
}

// The chain as the contract has it, written from its words alone.
class Chain {
 public:
  void add(int64_t offset, int64_t timestamp, std::optional<std::string_view> key,
           std::optional<std::string_view> value) {
    std::string bytes(head.begin(), head.end());
    number(bytes, static_cast<uint64_t>(offset), 8);
    number(bytes, static_cast<uint64_t>(timestamp), 8);
    for (const auto& field : {key, value}) {
      number(bytes, field ? field->size() : 0xFFFFFFFF, 4);
      if (field) bytes += *field;
    }
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), head.data());
  }
  void add(const KeptEvent& event) {
    if (!event.gap_until) {
      return add(raw(event.offset), event.timestamp_ms, event.key, event.value);
    }
    std::string until;
    number(until, static_cast<uint64_t>(raw(*event.gap_until)), 8);
    add(raw(event.offset), -1, std::nullopt, until);
  }
  std::array<uint8_t, 32> head{};

 private:
  static void number(std::string& bytes, uint64_t value, int length) {
    for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
      bytes += static_cast<char>(value >> shift & 0xFF);
    }
  }
};

class KeptLog : public KeptLogFixture {};

TEST_F(KeptLog, IsThereOnceItsDatabasesAre) {
  EXPECT_FALSE(has_kept_log(path()));
  std::filesystem::create_directories(path());
  EXPECT_FALSE(has_kept_log(path()));
  std::ofstream(path() / "data.mdb");
  EXPECT_FALSE(has_kept_log(path()));
  MDB_env* env = nullptr;
  ASSERT_EQ(mdb_env_create(&env), 0);
  EXPECT_EQ(mdb_env_open(env, path().c_str(), 0, 0664), 0);
  mdb_env_close(env);
  EXPECT_FALSE(has_kept_log(path()));
  { const KeptLogWriter writer(path(), identity_); }
  EXPECT_TRUE(has_kept_log(path()));
}

TEST_F(KeptLog, GivesBackWhatWasAppended) {
  const std::vector<KeptEvent> events = sample_events();
  KeptLogWriter writer(path(), identity_);
  writer.append(std::span(events).first(2));
  writer.append({});
  writer.append(std::span(events).subspan(2));
  EXPECT_EQ(writer.end(), Offset{12});
  const KeptLogReader reader(path());
  EXPECT_EQ(reader.end(), Offset{12});
  EXPECT_EQ(reader.identity(), identity_);
  for (const KeptEvent& expected : events) {
    for (const auto& kept : {reader.read(expected.offset), writer.read(expected.offset)}) {
      ASSERT_TRUE(kept) << raw(expected.offset);
      EXPECT_EQ(kept->offset, expected.offset);
      EXPECT_EQ(kept->key, expected.key);
      EXPECT_EQ(kept->value, expected.value);
      EXPECT_EQ(kept->gap_until, expected.gap_until);
      EXPECT_EQ(kept->timestamp_ms, expected.gap_until ? -1 : expected.timestamp_ms);
    }
  }
}

TEST_F(KeptLog, LogTimeIsTheRunningMaximumAlsoOverGapsAndRestarts) {
  const std::vector<KeptEvent> events = sample_events();
  for (const KeptEvent& each : events) write({each});  // opened anew for each
  const KeptLogReader reader(path());
  EXPECT_EQ(reader.read(Offset{0})->log_time_ms, 100);
  EXPECT_EQ(reader.read(Offset{2})->log_time_ms, 300);
  EXPECT_EQ(reader.read(Offset{3})->log_time_ms, 300);
  EXPECT_EQ(reader.read(Offset{10})->log_time_ms, 400);
}

TEST_F(KeptLog, ReadsOutsideTheLogOrInsideAGapGiveNothing) {
  write(sample_events());
  const KeptLogReader reader(path());
  for (const int64_t offset : {int64_t{-1}, int64_t{4}, int64_t{9}, int64_t{12}, INT64_MAX}) {
    EXPECT_FALSE(reader.read(Offset{offset})) << offset;
  }
}

TEST_F(KeptLog, AnOffsetInsideAGapIsOfTheGap) {
  write(sample_events());
  const KeptLogReader reader(path());
  for (const int64_t offset : {3, 4, 9}) {
    const auto around = reader.read_around(Offset{offset});
    ASSERT_TRUE(around) << offset;
    EXPECT_EQ(around->offset, Offset{3});
    EXPECT_EQ(around->gap_until, Offset{10});
  }
  EXPECT_EQ(reader.read_around(Offset{10})->offset, Offset{10});
  EXPECT_FALSE(reader.read_around(Offset{12}));
}

TEST_F(KeptLog, ScanVisitsAHalfOpenRangeInOrderUntilItIsTold) {
  write(sample_events());
  const KeptLogReader reader(path());
  const auto visited = [&](int64_t from, int64_t limit, size_t visits_max = 100) {
    std::vector<int64_t> offsets;
    reader.scan(Offset{from}, Offset{limit}, [&](const KeptEvent& kept) {
      offsets.push_back(raw(kept.offset));
      return offsets.size() < visits_max;
    });
    return offsets;
  };
  EXPECT_EQ(visited(0, 12), (std::vector<int64_t>{0, 1, 2, 3, 10, 11}));
  EXPECT_EQ(visited(-5, 2), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(visited(2, 10), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(visited(5, 11), (std::vector<int64_t>{10}));  // from inside the gap
  EXPECT_EQ(visited(0, 12, 2), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(visited(3, 3), std::vector<int64_t>{});
  EXPECT_EQ(visited(12, 99), std::vector<int64_t>{});
}

TEST_F(KeptLog, FirstAtOrAfterFindsThePositionOfATime) {
  write(sample_events());
  const KeptLogReader reader(path());
  const auto first = [&](double time) { return raw(reader.first_at_or_after(time)); };
  EXPECT_EQ(first(-1), 0);
  EXPECT_EQ(first(100), 0);
  EXPECT_EQ(first(100.5), 1);
  EXPECT_EQ(first(300), 1);
  EXPECT_EQ(first(300.5), 10);  // not the record whose own clock went back, not the gap
  EXPECT_EQ(first(400), 10);
  EXPECT_EQ(first(401), 12);
}

TEST_F(KeptLog, FirstAtOrAfterEqualsALinearSearch) {
  std::vector<KeptEvent> events;
  std::vector<int64_t> log_times;
  int64_t offset = 0;
  for (int i = 0; i < 200; ++i) {
    if (i % 17 == 5) {
      events.push_back(gap(offset, offset + i));
      offset += i;
    } else {
      events.push_back(event(offset++, 1000 + i - i % 7 * 3, "k", "v"));
    }
    const int64_t before = log_times.empty() ? -1 : log_times.back();
    log_times.push_back(events.back().gap_until ? before
                                                : std::max(before, events.back().timestamp_ms));
  }
  write(events);
  const KeptLogReader reader(path());
  for (int64_t time = 990; time < 1210; ++time) {
    size_t i = 0;
    while (i < events.size() && log_times[i] < time) ++i;
    const Offset expected = i < events.size() ? events[i].offset : Offset{offset};
    EXPECT_EQ(reader.first_at_or_after(static_cast<double>(time)), expected) << time;
  }
}

TEST_F(KeptLog, EmptyLogHasNoEventsAndTheFirstChainValue) {
  const KeptLogWriter writer(path(), identity_);
  const KeptLogReader reader(path());
  EXPECT_EQ(reader.end(), Offset{0});
  EXPECT_EQ(reader.chain_head(), ChainHash{});
  EXPECT_EQ(reader.first_at_or_after(0), Offset{0});
  EXPECT_FALSE(reader.read(Offset{0}));
}

TEST_F(KeptLog, ChainHeadIsTheHashChainOfTheContract) {
  Chain chain;
  for (const KeptEvent& each : sample_events()) {
    write({each});
    chain.add(each);
    EXPECT_EQ(KeptLogReader(path()).chain_head(), chain.head) << raw(each.offset);
  }
  const KeptLogWriter writer(path(), identity_);
  EXPECT_EQ(writer.chain_head(), chain.head);
}

TEST_F(KeptLog, ChainTellsNullFromEmptyAndGapsFromEvents) {
  const auto head = [](const KeptEvent& each) { return chain_next(ChainHash{}, each); };
  EXPECT_NE(head(event(0, 1, std::nullopt, "v")), head(event(0, 1, "", "v")));
  EXPECT_NE(head(event(0, 1, "k", std::nullopt)), head(event(0, 1, "k", "")));
  EXPECT_NE(head(event(0, 1, "kv", "")), head(event(0, 1, "k", "v")));
  EXPECT_EQ(head(gap(0, 258)),  // by definition
            head(event(0, -1, std::nullopt, std::string_view("\0\0\0\0\0\0\1\2", 8))));
}

TEST_F(KeptLog, LogThatStartsWithAGapGoesOnBehindIt) {
  write({gap(0, 5), event(5, 10, "k", "v")});
  const KeptLogReader reader(path());
  EXPECT_EQ(reader.end(), Offset{6});
  EXPECT_EQ(reader.read(Offset{0})->gap_until, Offset{5});
  EXPECT_EQ(reader.read(Offset{0})->log_time_ms, -1);
  EXPECT_EQ(reader.first_at_or_after(0), Offset{5});
}

TEST_F(KeptLog, LogThatEndsWithAGapEndsBehindIt) {
  write({event(0, 10, "k", "v"), gap(1, 100)});
  EXPECT_EQ(KeptLogReader(path()).end(), Offset{100});
  EXPECT_EQ(KeptLogWriter(path(), identity_).end(), Offset{100});
}

TEST_F(KeptLog, LargestValuesComeBack) {
  const std::string value(1 << 20, 'v');  // over the limit of events, kept all the same
  const std::string key(100000, 'k');
  write({event(0, 1, key, value)});
  const KeptLogReader reader(path());
  EXPECT_EQ(reader.read(Offset{0})->value, value);
  EXPECT_EQ(reader.read(Offset{0})->key, key);
}

TEST_F(KeptLog, ReaderStaysAtItsSnapshotUntilItIsRenewed) {
  KeptLogWriter writer(path(), identity_);
  writer.append(std::vector{event(0, 1, "k", "v")});
  KeptLogReader reader(path());
  writer.append(std::vector{event(1, 2, "k", "w")});
  EXPECT_EQ(reader.end(), Offset{1});
  EXPECT_FALSE(reader.read(Offset{1}));
  reader.release();
  EXPECT_EQ(reader.identity(), identity_);
  reader.renew();
  EXPECT_EQ(reader.end(), Offset{2});
  EXPECT_EQ(reader.read(Offset{1})->value, "w");
}

TEST_F(KeptLog, WriterReadsWhatItAppendedAfterEachBatch) {
  KeptLogWriter writer(path(), identity_);
  for (int64_t offset = 0; offset < 3; ++offset) {
    writer.append(std::vector{event(offset, offset, "k", std::to_string(offset))});
    EXPECT_EQ(writer.read(Offset{offset})->value, std::to_string(offset));
  }
}

TEST_F(KeptLog, ReaderOfNothingIsUnavailable) {
  EXPECT_EQ(fault_of([&] { KeptLogReader{path()}; }), Fault::kUnavailable);
}

TEST_F(KeptLog, AnotherLogIsRefused) {
  write(sample_events());
  identity_.topic = "other";
  EXPECT_EQ(open_fault(), Fault::kIncompatible);
}

TEST_F(KeptLog, RecordWithAChangedByteAnywhereIsAnIntegrityFault) {
  write(sample_events());
  const std::string key("\0\0\0\0\0\0\0\2", 8);
  std::string record;
  tamper("tail", [&](MDB_txn* txn, MDB_dbi dbi) { record = get(txn, dbi, key); });
  for (size_t at = 0; at < record.size(); ++at) {
    std::string changed = record;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    tamper("tail", [&](MDB_txn* txn, MDB_dbi dbi) { put(txn, dbi, key, changed); });
    const KeptLogReader reader(path());
    const auto error = error_of([&] { reader.read(Offset{2}); });
    ASSERT_TRUE(error) << at;
    EXPECT_EQ(error->fault(), Fault::kIntegrity);
    EXPECT_NE(std::string(error->what()).find("the record 2"), std::string::npos) << error->what();
    EXPECT_EQ(fault_of([&] { reader.scan(Offset{0}, Offset{12}, [](auto&) { return true; }); }),
              Fault::kIntegrity);
    EXPECT_NO_THROW(reader.read(Offset{1}));
  }
}

TEST_F(KeptLog, RecordWithFlagsThatNoRecordHasIsAnIntegrityFault) {
  write(sample_events());
  constexpr size_t kFlagsAt = 24;
  const auto fault_with = [&](int64_t offset, int flags) {
    const std::string key = offset_key(Offset{offset});
    tamper("tail", [&](MDB_txn* txn, MDB_dbi dbi) {
      std::string record = get(txn, dbi, key);
      record[kFlagsAt] = static_cast<char>(flags);
      std::string sum;
      append_be64(sum, XXH3_64bits_withSeed(record.data() + 8, record.size() - 8,
                                            static_cast<uint64_t>(offset)));
      put(txn, dbi, key, record.replace(0, 8, sum));
    });
    return fault_of([&] { KeptLogReader(path()).read(Offset{offset}); });
  };
  EXPECT_EQ(fault_with(2, 0), Fault::kNone);
  EXPECT_EQ(fault_with(2, 2), Fault::kIntegrity);   // null, and bytes all the same
  EXPECT_EQ(fault_with(11, 1), Fault::kIntegrity);  // likewise, a key
  EXPECT_EQ(fault_with(3, 5), Fault::kNone);
  for (const int flags : {4, 7, 13, 128}) EXPECT_EQ(fault_with(3, flags), Fault::kIntegrity);
}

TEST_F(KeptLog, RecordInAnothersPlaceIsAnIntegrityFault) {
  write(sample_events());
  tamper("tail", [](MDB_txn* txn, MDB_dbi dbi) {
    const std::string record = get(txn, dbi, std::string("\0\0\0\0\0\0\0\1", 8));
    put(txn, dbi, std::string("\0\0\0\0\0\0\0\2", 8), record);
  });
  const KeptLogReader reader(path());
  EXPECT_EQ(fault_of([&] { reader.read(Offset{2}); }), Fault::kIntegrity);
}

TEST_F(KeptLog, ScanOverAMissingRecordIsAnIntegrityFault) {
  write(sample_events());
  tamper("tail", [](MDB_txn* txn, MDB_dbi dbi) {
    std::string key("\0\0\0\0\0\0\0\1", 8);
    MDB_val k{key.size(), key.data()};
    EXPECT_EQ(mdb_del(txn, dbi, &k, nullptr), 0);
  });
  const KeptLogReader reader(path());
  EXPECT_EQ(fault_of([&] { reader.scan(Offset{0}, Offset{12}, [](auto&) { return true; }); }),
            Fault::kIntegrity);
}

TEST_F(KeptLog, RecordWithAKeyOfAnotherLengthIsDamageOfTheKeptLog) {
  write(sample_events());
  tamper("tail", [](MDB_txn* txn, MDB_dbi dbi) {
    const std::string last = std::string(7, '\0') + "\xb";
    put(txn, dbi, last + "x", get(txn, dbi, last));
  });
  KeptLogReader reader(path());
  const std::string message = message_of([&] { reader.read_around(Offset{12}); });
  EXPECT_TRUE(message.starts_with("kept log " + path().string())) << message;
  EXPECT_TRUE(message.ends_with("restore log/ from a copy")) << message;
}

TEST_F(KeptLog, ReadOfAMissingRecordIsAnIntegrityFaultAndInsideAGapItIsNot) {
  write(sample_events());
  tamper("tail", [](MDB_txn* txn, MDB_dbi dbi) {
    for (std::string key : {std::string("\0\0\0\0\0\0\0\1", 8), std::string(7, '\0') + "\xb"}) {
      MDB_val k{key.size(), key.data()};
      EXPECT_EQ(mdb_del(txn, dbi, &k, nullptr), 0);
    }
  });
  const KeptLogReader reader(path());
  EXPECT_EQ(message_of([&] { reader.read(Offset{1}); }),
            "kept log " + path().string() + ": the record 1 is missing; restore log/ from a copy");
  EXPECT_EQ(fault_of([&] { reader.read(Offset{11}); }), Fault::kIntegrity);
  for (const int64_t offset : {-1, 4, 9, 12}) EXPECT_FALSE(reader.read(Offset{offset})) << offset;
}

TEST_F(KeptLog, EndThatIsNotBehindTheLastRecordIsAnIntegrityFault) {
  write(sample_events());
  tamper("meta", [](MDB_txn* txn, MDB_dbi dbi) {
    put(txn, dbi, "end", std::string("\0\0\0\0\0\0\0\xb", 8));
  });
  EXPECT_EQ(open_fault(), Fault::kIntegrity);
}

TEST_F(KeptLog, MetaOfAnotherShapeIsAnIntegrityFault) {
  write(sample_events());
  tamper("meta", [](MDB_txn* txn, MDB_dbi dbi) { put(txn, dbi, "chain", "short"); });
  EXPECT_EQ(open_fault(), Fault::kIntegrity);
  EXPECT_EQ(fault_of([&] { KeptLogReader(path()).chain_head(); }), Fault::kIntegrity);
  const std::string damage = "kept log " + path().string() + ": its ";
  const std::string remedy = "; restore log/ from a copy";
  for (const std::string end : {"short", "\xff-8 bytes"}) {
    tamper("meta", [&](MDB_txn* txn, MDB_dbi dbi) { put(txn, dbi, "end", end); });
    const std::string message = message_of([&] { KeptLogReader(path()).end(); });
    EXPECT_TRUE(message.starts_with(damage + "end ") && message.ends_with(remedy)) << message;
  }
  tamper("meta", [](MDB_txn* txn, MDB_dbi dbi) {
    std::string identity = get(txn, dbi, "identity");
    identity.pop_back();
    put(txn, dbi, "identity", identity);
  });
  EXPECT_EQ(message_of([&] { KeptLogReader{path()}; }), damage + "identity is damaged" + remedy);
  EXPECT_EQ(message_of([&] { KeptLogWriter(path(), identity_); }),
            damage + "identity is damaged" + remedy);
}

TEST_F(KeptLog, AppendOutOfPlaceIsABug) {
  KeptLogWriter writer(path(), identity_);
  EXPECT_DEATH(writer.append(std::vector{event(1, 1, "k", "v")}), "1 0");
  EXPECT_DEATH(writer.append(std::vector{gap(0, 0)}), "gap");
}

}  // namespace
}  // namespace ledger::store
